#!/bin/bash
# Exit status 0 when nginx answers. Bash alone: not every nginx image has an HTTP client.
set -eu
exec 3<>/dev/tcp/127.0.0.1/8080
printf 'GET /_edge/health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
