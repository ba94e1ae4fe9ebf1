<?php
// Debian's configuration with what the measurement needs: an address, folders of the run, one source that logs in whoever comes.
require '/etc/simplesamlphp/config.php';
$here = getenv('PEER_FOLDER');
$config = array_merge($config, [
    'baseurlpath' => 'http://127.0.0.1:' . getenv('PEER_PORT') . '/simplesaml/',
    'certdir' => $here . '/',
    'metadatadir' => $here . '/metadata',
    'loggingdir' => $here . '/',
    'datadir' => $here . '/',
    'tempdir' => $here . '/temp',
    'secretsalt' => 'a salt of the bench alone',
    'auth.adminpassword' => 'an unused password',
    'logging.level' => SimpleSAML\Logger::WARNING,
    'logging.handler' => 'file',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'store.type' => 'phpsession',
    'proxy' => null,
]);
