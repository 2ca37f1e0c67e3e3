#!/bin/bash
# Makes Traefik request a certificate once the CA can issue it, and retries after a refusal. On its own, Traefik requests one as soon as it knows a name,
# even if that points elsewhere, and never retries. Renewals are Traefik's own.
# Reads  /etc/homeport/certificates.conf    `directory URL`; `ca FILE` if no public authority signed the CA's own certificate; `challenge dns-01`;
#                                           `wildcard DOMAIN` if one certificate covers all of its names
#        /etc/homeport/certificates/APP     `edge ADDRESS`; `name NAME` for each name of the site; `proxied yes` if the names point to Cloudflare,
#                                           which forwards to the edge
# Writes dynamic/certificate-APP.yaml       only while a certificate is being requested
#        /run/homeport/certificate-APP.status    a line per name
#        /var/lib/homeport-certificates/tries    the last hour's requests without success, a line each: main name, seconds of the epoch
# One certificate per name, except a wildcard: a name that leaves or points elsewhere does not block the others.
# prepend: machine/scripts/say.sh
set -uo pipefail
export LC_ALL=C
CONFIG=/etc/homeport/certificates.conf
APPS=/etc/homeport/certificates
ROUTES=/etc/homeport/traefik/dynamic
RUN=/run/homeport
# A restart of the machine does not make the CA forget.
TRIES=/var/lib/homeport-certificates/tries
PERIOD=15
# Let's Encrypt answers within 5 to 30 seconds. With DNS-01, Traefik first waits for records: at most two minutes for each of a wildcard's two.
PATIENCE=60
PATIENCE_DNS=300
# Seconds before the second, third and fourth try. Let's Encrypt blocks a name after five failures within an hour; this makes four at most.
PAUSES=(0 60 300 900)
CA_FAULT=unknown BLOCKER=
NO_REASON="Traefik gave no reason, see its log"
declare -A STATUS REFUSED

setting() { sed -n "s/^$2 //p" "$1"; }

CHALLENGE=$(setting "$CONFIG" challenge)
WILDCARD=$(setting "$CONFIG" wildcard)
[ "$CHALLENGE" != dns-01 ] || PATIENCE=$PATIENCE_DNS

# The main name of the certificate that covers a name: for a wildcard, the domain.
subject() { if [ -n "$WILDCARD" ] && [ "${1#*.}" = "$WILDCARD" ]; then say "$WILDCARD"; else say "$1"; fi; }

when() { if [ "$1" -gt 0 ]; then date -u -d "@$1" '+at %H:%M UTC'; else say "within a minute"; fi; }

listed() { paste -sd ' ' | sed 's/ /, /g'; }

# Includes IPv6 records even if this host has no IPv6 address; excludes IPv4 addresses that getent maps to IPv6.
addresses() { getent -A "ahostsv$1" "$2" | awk '$1 !~ /^::ffff:/ { print $1 }' | sort -u; }

# Checks the certificate served for a name: returns 0 if it matches (details in STATUS), 1 if not, 2 if nothing answers.
check_served() {
  local name=$1 text issuer end
  text=$(timeout 10 openssl s_client -connect 127.0.0.1:443 -servername "$name" </dev/null 2>/dev/null |
    openssl x509 -noout -issuer -enddate -checkhost "$name" 2>/dev/null) || [ -n "$text" ] || return 2
  grep -q ' does match certificate' <<<"$text" || return 1
  forget_tries "$(subject "$name")"
  issuer=$(sed -n 's/^issuer=.*CN *= *//p' <<<"$text")
  end=$(date -d "$(sed -n 's/^notAfter=//p' <<<"$text")" +%s)
  if [ "$end" -gt "$(date +%s)" ]; then
    STATUS[$name]="issued by $issuer until $(date -u -d "@$end" '+%Y-%m-%d %H:%M UTC')"
  else
    STATUS[$name]="expired on $(date -u -d "@$end" '+%Y-%m-%d %H:%M UTC'), and was not renewed: $(reason "$(subject "$name")" 24h || say "$NO_REASON")"
  fi
}

# Sets BLOCKER to the reason why the CA would refuse a certificate for a name now; empty if none. With DNS-01 the CA does not care where a name points.
find_blocker() {
  local name=$1 edge=$2 proxied=$3 there here strange
  BLOCKER=
  if [ "$CHALLENGE" = dns-01 ]; then
    check_ca
    BLOCKER=$CA_FAULT
    return
  fi
  there=$(addresses 4 "$edge")
  here=$(addresses 4 "$name")
  strange=$(comm -13 <(addresses 6 "$edge") <(addresses 6 "$name"))
  if [ -z "$there" ]; then
    BLOCKER="the VPS's name $edge has no address: add an A record for it"
  elif [ -z "$here" ]; then
    BLOCKER="$name has no address: add an A record with $(listed <<<"$there")"
  elif [ "$proxied" = yes ]; then
    check_ca
    BLOCKER=$CA_FAULT
  elif [ -n "$(comm -23 <(say "$here") <(say "$there"))" ]; then
    BLOCKER="$name points to $(listed <<<"$here"), not to $(listed <<<"$there"): correct its A record"
  elif [ -n "$strange" ]; then
    BLOCKER="$name points to $(listed <<<"$strange") as well, where this site does not answer: remove the AAAA record"
  else
    check_ca
    BLOCKER=$CA_FAULT
  fi
}

# Sets CA_FAULT if the CA does not answer; checks once per round.
check_ca() {
  local url file
  [ "$CA_FAULT" = unknown ] || return 0
  url=$(setting "$CONFIG" directory)
  file=$(setting "$CONFIG" ca)
  CA_FAULT=
  # Not piped: `grep -q` exits at its first match, and with pipefail the writer's failure then reads as "not found".
  grep -q newOrder <<<"$(curl -sf --max-time 10 ${file:+--cacert "$file"} "$url")" || CA_FAULT="the CA does not answer: $url"
}

# The requests without success within the hour before a time.
tries_before() { awk -v since=$(($1 - 3600)) '$2 > since' "$TRIES" 2>/dev/null; }

keep_tries() {
  printf '%s\n' "$@" | sed '/^$/d' >"$TRIES.new"
  mv "$TRIES.new" "$TRIES"
}

# Writes only where there is something to forget: this is asked in every round.
forget_tries() {
  local others
  [ -f "$TRIES" ] || return 0
  others=$(awk -v name="$1" '$1 != name' "$TRIES")
  [ "$others" = "$(cat "$TRIES")" ] || keep_tries "$others"
}

# When a name's certificate may be requested again, in seconds of the epoch; 0: now.
retry_after() {
  local asked=() now=$2
  mapfile -t asked < <(tries_before "$now" | awk -v name="$(subject "$1")" '$1 == name { print $2 }')
  if [ ${#asked[@]} -ge ${#PAUSES[@]} ]; then
    say $((asked[0] + 3600))
  elif [ ${#asked[@]} -gt 0 ] && [ "$now" -lt $((asked[-1] + PAUSES[${#asked[@]}])) ]; then
    say $((asked[-1] + PAUSES[${#asked[@]}]))
  else
    say 0
  fi
}

# Traefik's last error for a certificate, by its main name, since a time; fails if there is none.
reason() {
  docker ps -q --filter label=homeport.config | head -n 1 | xargs -r docker logs --since "$2" 2>&1 |
    grep -aF 'ACME certificate' | grep -aF -e "[$1]" -e "[$1 " -e "{$1}" -e "{$1 " | tail -n 1 | sed -n 's/.* error="\(.*\)" [A-Za-z ]*=.*/\1/p' | cut -c 1-300 | grep .
}

# Requests a certificate by a router that matches nothing and names the resolver. Renamed into place, because Traefik watches the directory.
request() {
  local app=$1 name=$2 file=$ROUTES/certificate-$1.yaml main now others=
  main=$(subject "$name")
  now=$(date +%s)
  [ "$main" != "$WILDCARD" ] || others=", sans: [\"*.$main\"]"
  keep_tries "$(tries_before "$now")" "$main $now"
  cat >"$file.new" <<ROUTER
# Managed by Homeport (components/scripts/certificate-watch.sh); here only while a certificate is asked for.
http:
  routers:
    $app-certificate:
      entryPoints: [websecure]
      rule: "Host(\`$name\`) && !PathPrefix(\`/\`)"
      service: noop@internal
      tls: { certResolver: acme, domains: [{ main: "$main"$others }] }
ROUTER
  chmod 0644 "$file.new"
  mv "$file.new" "$file"
}

# Writes the status of an application's names, and what is new to the journal.
report() {
  local app=$1 name status=$RUN/certificate-$1.status
  shift
  [ -f "$APPS/$app" ] || return 0
  for name; do
    [ -n "${STATUS[$name]:-}" ] || continue
    grep -qsxF -e "$name: ${STATUS[$name]}" -- "$status" || say "$name: ${STATUS[$name]}" >&2
    say "$name: ${STATUS[$name]}"
  done >"$status.new"
  mv "$status.new" "$status"
}

# Requests a certificate for a name and waits for the answer. One name at a time: on any change of its files, such as another name's certificate, Traefik
# requests again what was refused.
obtain() {
  local app=$1 name=$2 main start polls names why=
  main=$(subject "$name")
  start=$(date +%s)
  mapfile -t names < <(setting "$APPS/$app" name)
  STATUS[$name]="requested from the CA"
  report "$app" "${names[@]}"
  request "$app" "$name"
  for ((polls = 1; polls <= PATIENCE; polls++)); do
    sleep 1
    if check_served "$name" || [ ! -f "$APPS/$app" ]; then break; fi
    # A refusal is in the log long before the timeout; reading the log costs more than a handshake.
    if [ $((polls % 5)) -eq 0 ] && why=$(reason "$main" "$start"); then break; fi
  done
  rm -f "$ROUTES/certificate-$app.yaml"
  check_served "$name" && return
  REFUSED[$main]="refused: ${why:-$NO_REASON}; next try $(when "$(retry_after "$name" "$(date +%s)")")"
  STATUS[$name]=${REFUSED[$main]}
}

# Checks an application's names, and requests the missing certificates.
process() {
  local app=$1 edge proxied name names=() main until
  edge=$(setting "$APPS/$app" edge)
  proxied=$(setting "$APPS/$app" proxied)
  mapfile -t names < <(setting "$APPS/$app" name)
  for name in "${names[@]}"; do
    check_served "$name"
    case $? in
      0) continue ;;
      2)
        STATUS[$name]="waiting: the proxy does not answer on port 443"
        continue
        ;;
    esac
    find_blocker "$name" "$edge" "$proxied"
    main=$(subject "$name")
    until=$(retry_after "$name" "$(date +%s)")
    if [ -n "$BLOCKER" ]; then
      STATUS[$name]="waiting: $BLOCKER"
    elif [ "$until" -gt 0 ]; then
      STATUS[$name]=${REFUSED[$main]:-"waiting: an earlier request had no answer; next try $(when "$until")"}
    else
      obtain "$app" "$name"
    fi
  done
  report "$app" "${names[@]}"
}

forget_gone() {
  local file app
  for file in "$RUN"/certificate-*.status; do
    app=${file##*/certificate-}
    [ -f "$APPS/${app%.status}" ] || rm -f "$file"
  done
}

withdraw() { rm -f "$ROUTES"/certificate-*.yaml "$ROUTES"/certificate-*.yaml.new; }

round() {
  local file
  CA_FAULT=unknown
  forget_gone
  for file in "$APPS"/*; do
    case $file in *.homeport-new) continue ;; esac
    [ ! -f "$file" ] || process "${file##*/}"
  done
}

withdraw
trap withdraw EXIT
round
while sleep "$PERIOD"; do round; done
