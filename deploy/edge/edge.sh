#!/bin/bash
# Runs nginx, and keeps its lists of replicas in step with Docker's DNS: connections to the services can be kept open
# that way, which nginx does for lists only, not for names that it asks anew.
set -u
conf=/etc/nginx/socles/nginx.conf
lists=/tmp/replicas.conf
mail=/tmp/replicas-mail.conf

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
  echo "upstream mss_sim {"
  local found address
  found=$(addresses mss_sim)
  for address in $found; do echo "  server $address:2587 max_fails=1 fail_timeout=1s;"; done
  echo "  server unix:/tmp/nobody-mail.sock ${found:+backup}; }"
}

render() { # true when something changed
  for service in ins_sim dmp_sim mss_sim psc_sim metrics metrics_ingestion console; do http_list "$service"; done >"$lists.new"
  mail_list >"$mail.new"
  local changed=1
  for file in "$lists" "$mail"; do
    cmp -s "$file.new" "$file" || { mv "$file.new" "$file"; changed=0; }
  done
  return "$changed"
}

render
nginx -c "$conf" -g 'daemon off;' &
nginx=$!
trap 'kill -QUIT $nginx' QUIT TERM
trap 'kill -TERM $nginx' INT
while kill -0 "$nginx" 2>/dev/null; do
  sleep 1 &
  wait $!
  render && kill -HUP "$nginx"
done
wait "$nginx"
