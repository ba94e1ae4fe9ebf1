#!/bin/bash
# healthy PORT PATH: exit 0 if http://127.0.0.1:PORT/PATH answers 200. For images that hold no HTTP client.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
IFS= read -r -t 3 line <&3
[[ $line == HTTP/1.?\ 200* ]]
