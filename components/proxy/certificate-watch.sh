#!/bin/bash
# Has the proxy ask for a certificate once it can be had, and again where it was refused. Traefik alone asks as soon as it knows a name, also when that
# points elsewhere, and never again after a failure. It renews by itself what it has.
# Reads  /etc/homeport/certificates.conf    `directory URL`, and `ca FILE` where no public authority signed the CA's own certificate; `challenge dns-01`
#                                           where names are proven by records, and `wildcard DOMAIN` where one certificate is for all of its names
#        /etc/homeport/certificates/APP     `edge ADDRESS`, `name NAME` for each name of the site, and `proxied yes` where the names point to
#                                           Cloudflare, which forwards to the edge
# Writes dynamic/certificate-APP.yaml       there only while Traefik is to ask
#        /run/homeport/certificate-APP.status    a line for each name
# One certificate a name, but for a wildcard's: a name that leaves or points elsewhere takes no other's with it.
set -uo pipefail
export LC_ALL=C
CONFIG=/etc/homeport/certificates.conf
APPS=/etc/homeport/certificates
ROUTES=/etc/homeport/traefik/dynamic
RUN=/run/homeport
PERIOD=15
# An answer of Let's Encrypt takes 5 to 30 seconds. With DNS-01 Traefik waits for records before, two minutes at most for each of a wildcard's two.
PATIENCE=60
PATIENCE_DNS=300
# Seconds before the second, third and fourth try. Let's Encrypt bars a name after five failures within an hour: here it is four at most.
PAUSES=(0 60 300 900)
CA=unknown WHY=
SILENT="Traefik gave no reason, see its log"
declare -A SAYS REFUSED

setting() { sed -n "s/^$2 //p" "$1"; }

CHALLENGE=$(setting "$CONFIG" challenge)
WILDCARD=$(setting "$CONFIG" wildcard)
[ "$CHALLENGE" != dns-01 ] || PATIENCE=$PATIENCE_DNS

# The first name of the certificate that is asked for, where a name has none: of a wildcard's it is the domain.
subject() { if [ -n "$WILDCARD" ] && [ "${1#*.}" = "$WILDCARD" ]; then say "$WILDCARD"; else say "$1"; fi; }

when() { if [ "$1" -gt 0 ]; then date -u -d "@$1" '+at %H:%M UTC'; else say "within a minute"; fi; }

listed() { paste -sd ' ' | sed 's/ /, /g'; }

# Also the records of a kind of which this host has no address itself; of version 6 without those that getent makes of version 4.
addresses() { getent -A "ahostsv$1" "$2" | awk '$1 !~ /^::ffff:/ { print $1 }' | sort -u; }

# What is served under a name: 0 a certificate for it, 1 another one, 2 nothing. SAYS tells of the former.
look() {
  local name=$1 text issuer end
  text=$(timeout 10 openssl s_client -connect 127.0.0.1:443 -servername "$name" </dev/null 2>/dev/null |
    openssl x509 -noout -issuer -enddate -checkhost "$name" 2>/dev/null) || [ -n "$text" ] || return 2
  grep -q ' does match certificate' <<<"$text" || return 1
  rm -f "$RUN/asked-$(subject "$name")"
  issuer=$(sed -n 's/^issuer=.*CN *= *//p' <<<"$text")
  end=$(date -d "$(sed -n 's/^notAfter=//p' <<<"$text")" +%s)
  if [ "$end" -gt "$(date +%s)" ]; then
    SAYS[$name]="issued by $issuer until $(date -u -d "@$end" '+%Y-%m-%d %H:%M UTC')"
  else
    SAYS[$name]="expired on $(date -u -d "@$end" '+%Y-%m-%d %H:%M UTC'), and was not renewed: $(reason "$(subject "$name")" 24h || say "$SILENT")"
  fi
}

# Sets WHY to why a CA would refuse a certificate for a name now; to nothing where it would not. With DNS-01 it is all the same to the CA where a name
# points to, if anywhere.
hinder() {
  local name=$1 edge=$2 proxied=$3 there here strange
  WHY=
  if [ "$CHALLENGE" = dns-01 ]; then
    hear_ca
    WHY=$CA
    return
  fi
  there=$(addresses 4 "$edge")
  here=$(addresses 4 "$name")
  strange=$(comm -13 <(addresses 6 "$edge") <(addresses 6 "$name"))
  if [ -z "$there" ]; then
    WHY="the VPS's name $edge has no address"
  elif [ -z "$here" ]; then
    WHY="$name has no address: enter an A record with $(listed <<<"$there")"
  elif [ "$proxied" = yes ]; then
    hear_ca
    WHY=$CA
  elif [ -n "$(comm -23 <(say "$here") <(say "$there"))" ]; then
    WHY="$name points to $(listed <<<"$here"), not to $(listed <<<"$there"): enter the record"
  elif [ -n "$strange" ]; then
    WHY="$name points to $(listed <<<"$strange") as well, where nothing of this site answers: remove the AAAA record"
  else
    hear_ca
    WHY=$CA
  fi
}

# Sets CA to why the CA cannot be asked; once a round.
hear_ca() {
  local url file
  [ "$CA" = unknown ] || return 0
  url=$(setting "$CONFIG" directory)
  file=$(setting "$CONFIG" ca)
  CA=
  # Not into `grep -q`: it ends at its first hit, and what still writes then fails.
  grep -q newOrder <<<"$(curl -sf --max-time 10 ${file:+--cacert "$file"} "$url")" || CA="the CA does not answer: $url"
}

# Until when the certificate of a name is to be left alone, as seconds of the epoch; 0: it is not.
barred_until() {
  local asked=() now=$2
  mapfile -t asked < <(awk -v since=$((now - 3600)) '$1 > since' "$RUN/asked-$(subject "$1")" 2>/dev/null)
  if [ ${#asked[@]} -ge ${#PAUSES[@]} ]; then
    say $((asked[0] + 3600))
  elif [ ${#asked[@]} -gt 0 ] && [ "$now" -lt $((asked[-1] + PAUSES[${#asked[@]}])) ]; then
    say $((asked[-1] + PAUSES[${#asked[@]}]))
  else
    say 0
  fi
}

# What Traefik last said of a certificate, by its first name, since a time; fails where it said nothing.
reason() {
  docker ps -q --filter label=homeport.config | head -n 1 | xargs -r docker logs --since "$2" 2>&1 |
    grep -aF 'ACME certificate' | grep -aF -e "[$1]" -e "[$1 " -e "{$1}" -e "{$1 " | tail -n 1 | sed -n 's/.* error="\(.*\)" [A-Za-z ]*=.*/\1/p' | cut -c 1-300 | grep .
}

# A router that matches nothing and names the resolver: that Traefik sees it is the order. Renamed into place, because Traefik watches the directory.
order() {
  local app=$1 name=$2 file=$ROUTES/certificate-$1.yaml main others=
  main=$(subject "$name")
  [ "$main" != "$WILDCARD" ] || others=", sans: [\"*.$main\"]"
  date +%s >>"$RUN/asked-$main"
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

# Writes what is to be said about an application's names; in the journal what is new.
report() {
  local app=$1 name status=$RUN/certificate-$1.status
  shift
  [ -f "$APPS/$app" ] || return 0
  for name; do
    [ -n "${SAYS[$name]:-}" ] || continue
    grep -qsxF -e "$name: ${SAYS[$name]}" -- "$status" || say "$name: ${SAYS[$name]}" >&2
    say "$name: ${SAYS[$name]}"
  done >"$status.new"
  mv "$status.new" "$status"
}

# Has Traefik ask for a name, and waits until it is answered. One name at a time: with every change of its files, such as the certificate of another
# name, Traefik asks again for what was refused.
ask() {
  local app=$1 name=$2 main start polls names why=
  main=$(subject "$name")
  start=$(date +%s)
  mapfile -t names < <(setting "$APPS/$app" name)
  SAYS[$name]="asked for at the CA"
  report "$app" "${names[@]}"
  order "$app" "$name"
  for ((polls = 1; polls <= PATIENCE; polls++)); do
    sleep 1
    if look "$name" || [ ! -f "$APPS/$app" ]; then break; fi
    # A refusal is in the log long before patience ends; looking there costs more than a handshake.
    if [ $((polls % 5)) -eq 0 ] && why=$(reason "$main" "$start"); then break; fi
  done
  rm -f "$ROUTES/certificate-$app.yaml"
  look "$name" && return
  REFUSED[$main]="refused: ${why:-$SILENT}; it is asked for again $(when "$(barred_until "$name" "$(date +%s)")")"
  SAYS[$name]=${REFUSED[$main]}
}

# Brings an application's names on their way.
tend() {
  local app=$1 edge proxied name names=() main until
  edge=$(setting "$APPS/$app" edge)
  proxied=$(setting "$APPS/$app" proxied)
  mapfile -t names < <(setting "$APPS/$app" name)
  for name in "${names[@]}"; do
    look "$name"
    case $? in
      0) continue ;;
      2)
        SAYS[$name]="waiting: the proxy does not answer on port 443"
        continue
        ;;
    esac
    hinder "$name" "$edge" "$proxied"
    main=$(subject "$name")
    until=$(barred_until "$name" "$(date +%s)")
    if [ -n "$WHY" ]; then
      SAYS[$name]="waiting: $WHY"
    elif [ "$until" -gt 0 ]; then
      SAYS[$name]=${REFUSED[$main]:-"waiting: it was asked for already, and is again $(when "$until")"}
    else
      ask "$app" "$name"
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
  for file in "$RUN"/asked-*; do
    [ "${file##*/asked-}" = "$WILDCARD" ] || grep -qsxF "name ${file##*/asked-}" "$APPS"/* || rm -f "$file"
  done
}

withdraw() { rm -f "$ROUTES"/certificate-*.yaml "$ROUTES"/certificate-*.yaml.new; }

round() {
  local file
  CA=unknown
  forget_gone
  for file in "$APPS"/*; do
    case $file in *.homeport-new) continue ;; esac
    [ ! -f "$file" ] || tend "${file##*/}"
  done
}

withdraw
trap withdraw EXIT
round
while sleep "$PERIOD"; do round; done
