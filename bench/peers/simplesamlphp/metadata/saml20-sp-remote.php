<?php
$metadata['http://127.0.0.1:9499/metadata'] = [
    'AssertionConsumerService' => [[
        'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
        'Location' => 'http://127.0.0.1:9499/acs',
        'index' => 0,
        'isDefault' => true,
    ]],
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
    'certData' => trim(file_get_contents(getenv('PEER_FOLDER') . '/sp.crt.base64')),
    'validate.authnrequest' => true,
    'saml20.sign.assertion' => true,
    'saml20.sign.response' => false,
    'simplesaml.attributes' => true,
];
