<?php
$config = [
    'static' => [
        'exampleauth:StaticSource',
        'uid' => ['anna'],
        'pid' => ['9208-2002-2-123456789012'],
        'cn' => ['Anna Andersen'],
    ],
];
