#!/bin/bash
# Runs nginx, and keeps its lists of replicas in step with Docker's DNS: connections to the services can be kept open
# that way, which nginx does for lists only, not for names that it asks anew. Handshakes that fail go to the journal.
set -u
umask 077  # the key is for this user alone
conf=/etc/nginx/socles/nginx.conf
lists=/tmp/replicas.conf
mail=/tmp/replicas-mail.conf
tls=/tmp/tls.conf
failed=/tmp/handshakes
files=${SOCLES_EDGE_DIR:-/edge} # server.pem and key, as `socles edge` wrote them

die() {
  echo "edge: $*" >&2
  exit 1
}

addresses() { # one line for each running replica
  getent ahostsv4 "$1" | cut -d ' ' -f 1 | sort -u
}

http_list() { # http_list SERVICE; without any replica: an address where nobody listens
  echo "upstream $1 {"
  local found address
  found=$(addresses "$1")
  for address in $found; do echo "  server $address:8080 max_fails=1 fail_timeout=1s;"; done
  [ -n "$found" ] || echo "  server unix:/tmp/nobody.sock;"
  # less than the 5 s after which the services close an idle connection: else an act might be sent into the closing
  echo "  keepalive 128; keepalive_timeout 4s; keepalive_requests 100000; }"
}

mail_list() {
  local found address
  found=$(addresses mss_sim)
  echo "upstream mss_sim {"
  for address in $found; do echo "  server $address:2587 max_fails=1 fail_timeout=1s;"; done
  echo "  server unix:/tmp/nobody-mail.sock ${found:+backup}; }"
  echo "upstream mss_sim_tls {"
  for address in $found; do echo "  server $address:2465 max_fails=1 fail_timeout=1s;"; done
  [ -n "$found" ] || echo "  server unix:/tmp/nobody.sock;"
  echo "}"
}

tls_terms() { # versions and suites, by the names and with the defaults that the services' own TLS ports have
  local suites=${SOCLES_TLS_SUITES:-ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-CHACHA20-POLY1305}
  [[ $suites =~ ^[A-Za-z0-9:+!@=_-]+$ ]] || die "SOCLES_TLS_SUITES: suites in OpenSSL's notation are expected"
  case ${SOCLES_TLS_OLDEST:-1.2} in
    1.2) echo "ssl_protocols TLSv1.2 TLSv1.3;" ;;
    1.3) echo "ssl_protocols TLSv1.3;" ;;
    *) die "SOCLES_TLS_OLDEST: 1.2 or 1.3 is expected" ;;
  esac
  echo "ssl_ciphers $suites; ssl_prefer_server_ciphers on;"
  echo "ssl_certificate $files/server.pem; ssl_certificate_key $files/server.pem;"
  echo "# of $(stat -c %Y "$files/server.pem")" # a renewed one is read
  echo "map \"\" \$edge_key { default $(<"$files/key"); }"
}

render() { # true when something changed
  for service in ins_sim dmp_sim mss_sim psc_sim metrics metrics_ingestion console; do http_list "$service"; done >"$lists.new"
  mail_list >"$mail.new"
  tls_terms >"$tls.new"
  local changed=1
  for file in "$lists" "$mail" "$tls"; do
    cmp -s "$file.new" "$file" || { mv "$file.new" "$file"; changed=0; }
  done
  return "$changed"
}

sort_log() { # failed handshakes into a file, as many as fit in a second's worth; what matters to who runs this, on
  local line
  while IFS= read -r line; do
    case $line in
      *" while SSL handshaking, "* | *"client sent plain HTTP request to HTTPS port"*)
        [ "$(stat -c %s "$failed" 2>/dev/null || echo 0)" -gt 65536 ] || printf '%s\n' "$line" >>"$failed"
        ;;
      *" [info] "* | *" [notice] "*) ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done
}

send_failed() { # to the journal, by any replica of ins_sim; what cannot be sent is lost
  local body
  body=$(<"$failed.sent")
  {
    printf 'POST / HTTP/1.0\r\nHost: edge\r\nX-Socles-Edge: %s handshakes\r\nContent-Length: %d\r\n\r\n%s' \
      "$(<"$files/key")" "$(printf %s "$body" | wc -c)" "$body" >&3
    head -c 12 <&3 >/dev/null
  } 3<>/dev/tcp/ins_sim/8080
  rm -f "$failed.sent"
}

[ -r "$files/server.pem" ] && [ -r "$files/key" ] || die "$files/server.pem and $files/key are expected: socles edge $files"
render
nginx -c "$conf" -g 'daemon off;' 2> >(sort_log) &
nginx=$!
trap 'kill -QUIT $nginx' QUIT TERM
trap 'kill -TERM $nginx' INT
while kill -0 "$nginx" 2>/dev/null; do
  sleep 1 &
  wait $!
  render && kill -HUP "$nginx"
  if [ -e "$failed" ] && [ ! -e "$failed.sent" ]; then
    mv "$failed" "$failed.sent"
    { send_failed 2>/dev/null || rm -f "$failed.sent"; } &
  fi
done
wait "$nginx"
