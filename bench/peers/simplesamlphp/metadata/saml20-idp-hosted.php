<?php
// One signature, over the assertion, as ours has it; requests must be signed.
$metadata['http://127.0.0.1:' . getenv('PEER_PORT') . '/idp'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.crt',
    'auth' => 'static',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.assertion' => true,
    'saml20.sign.response' => false,
    'validate.authnrequest' => true,
    'redirect.validate' => true,
    'assertion.lifetime' => 300,
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
];
