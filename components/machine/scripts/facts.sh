# shellcheck shell=bash
# Facts about the machine for the preflight (machine/preflight.ts): `fact KIND VALUE...`, one per line. Read-only. Unknown facts are left out.

# A program per platform that only exits 0: running it proves the platform, by processor or emulator. Looking it up would miss an emulator in another
# mount namespace, a processor without its 32-bit half, and ARMv6.
# arm/v7: movw r0,0 (which ARMv6 lacks); mov r7,1; svc 0. arm64: mov x0,0; mov x8,93; svc 0. amd64: push 60; pop rax; xor edi,edi; syscall.
PLATFORM_PROGRAMS='linux/arm/v7 f0VMRgEBAQAAAAAAAAAAAAIAKAABAAAAVAABADQAAAAAAAAAAAAABTQAIAABAAAAAAAAAAEAAAAAAAAAAAABAAAAAQBgAAAAYAAAAAUAAAAAAAEAAAAA4wFwoOMAAADv
linux/arm64 f0VMRgIBAQAAAAAAAAAAAAIAtwABAAAAeABAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAAAAAAAAAAEAAAAFAAAAAAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAhAAAAAAAAACEAAAAAAAAAAAAAQAAAAAAAACA0qgLgNIBAADU
linux/amd64 f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAeABAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAAAAAAAAAAEAAAAFAAAAAAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAfwAAAAAAAAB/AAAAAAAAAAAAAQAAAAAAajxYMf8PBQ=='

facts() {
  fact_system
  fact_platforms
  fact_space /
  fact_listeners
  fact_firewalls
  fact_iptables
  fact_nft
  fact_nat
  fact_tunnels
  fact_docker
  fact_memory_cgroup
  fact_addresses
  fact_certificates
  fact_backups
  fact_peers
  fact_memory
  fact_reboot
  say "fact clock $(date +%s)"
}

fact_system() {
  # In a subshell: the file sets variables such as NAME.
  # shellcheck source=/dev/null
  (. /etc/os-release && say "fact os ${ID:-unknown} ${VERSION_ID:-none} ${PRETTY_NAME:-${ID:-unknown}}")
  say "fact arch $(dpkg --print-architecture || echo unknown) $(uname -m)"
}

# /run and /dev/shm are mounted noexec on Debian: use the first directory that lets programs start.
fact_platforms() {
  local directory file platform program runs
  for directory in /run /tmp /var/tmp; do
    file=$(mktemp "$directory/homeport-runs.XXXXXX") || continue
    runs=
    while read -r platform program; do
      base64 -d <<<"$program" >"$file" && chmod 0700 "$file"
      "$file" </dev/null && runs=yes && say "fact runs $platform"
    done <<<"$PLATFORM_PROGRAMS"
    rm -f "$file"
    [ -z "$runs" ] || return 0
  done
}

# Free megabytes where a directory is or will be.
fact_space() {
  local path=$1
  until [ -d "$path" ]; do
    path=${path%/*}
    path=${path:-/}
  done
  df -Pm "$path" | awk -v path="$1" 'NR == 2 && $4 ~ /^[0-9]+$/ { print "fact free", $4, path }'
}

fact_listeners() {
  local protocol port address program
  ss -Hltunp | awk '{
    port = address = $5
    if ($5 !~ /:[0-9]+$/) next
    sub(/.*:/, "", port)
    sub(/:[^:]*$/, "", address)
    program = match($0, /users:\(\("[^"]*/) ? substr($0, RSTART + 9, RLENGTH - 9) : "kernel"
    print $1, port, address, program
  }' | sort -u | while read -r protocol port address program; do
    case $protocol/$program in
      # Without its userland proxy dockerd itself holds the port.
      */docker-proxy | */dockerd) program=$(publisher "$port" "$program") ;;
      udp/*) program=$(tunnel_at "$port" "$program") ;;
    esac
    say "fact listener $port/$protocol $address $program"
  done
}

# The container that publishes a port held by docker-proxy.
publisher() {
  local name labels
  read -r name labels < <(docker ps --filter "publish=$1" --format '{{.Names}} {{.Labels}}')
  case $labels in
    *homeport.*) printf 'homeport %s' "$name" ;;
    *) printf '%s' "${name:+container }${name:-$2}" ;;
  esac
}

# The WireGuard interface behind a port: in the kernel it has no program, and userspace programs all have the same name.
tunnel_at() {
  local interface
  interface=$(wg show all listen-port | awk -v port="$1" '$2 == port { print $1 }')
  printf '%s' "${interface:+wireguard }${interface:-$2}"
}

fact_firewalls() {
  [ "$(ufw status | head -n 1)" != 'Status: active' ] || say "fact firewall ufw"
  ! systemctl is-active -q firewalld.service || say "fact firewall firewalld"
  ! systemctl is-enabled -q nftables.service || say "fact nftables-service enabled"
}

# Catch-all rules and policies that drop or reject.
fact_iptables() {
  local program
  for program in iptables ip6tables; do
    "$program-save" -t filter | awk -v program="$program" '
      $1 ~ /^:(INPUT|FORWARD)$/ && $2 == "DROP" { print "fact reject " program, substr($1, 2), "policy DROP" }
      $1 == "-A" && $2 ~ /^(INPUT|FORWARD)$/ && /^-A [A-Z]+ (-i [^ ]+ )?-j (DROP|REJECT)/ { print "fact reject " program, substr($0, 4) }'
  done
}

# The same for nftables, except our own table and those that iptables reported.
fact_nft() {
  local reported=
  ! command -v iptables-save >/dev/null || reported=yes
  nft -s list ruleset | awk -v reported="$reported" '
    $1 == "table" { table = $2 " " $3; skip = table ~ /^inet homeport(-containers)?$/ || (reported && table ~ /^ip6? filter$/) }
    $1 == "chain" { chain = $2; base = 0 }
    $1 == "type" { base = $2 == "filter" && $4 ~ /^(input|forward)$/ }
    $1 == "type" && base && !skip && /policy drop/ { print "fact reject nft", table, chain, "policy drop" }
    base && !skip && /^[ \t]*(iifname [^ ]+ )?(counter (packets [0-9]+ bytes [0-9]+ )?)?(drop|reject)/ {
      sub(/^[ \t]*/, "")
      print "fact reject nft", table, chain, $0
    }'
}

# Foreign NAT rules, except in Docker's own chains; with the handle that nft deletes by.
fact_nat() {
  local reported=
  ! command -v iptables-save >/dev/null || reported=yes
  iptables-save -t nat | awk '
    $1 == "-A" && $2 ~ /^(PREROUTING|POSTROUTING)$/ && / -j (DNAT|REDIRECT|SNAT|MASQUERADE)( |$)/ { print "fact nat iptables " substr($0, 4) }'
  nft -a -s list ruleset | awk -v reported="$reported" '
    $1 == "table" { table = $2 " " $3; skip = $2 == "ip6" || table ~ /^inet homeport(-containers)?$/ || $3 ~ /^docker-/ || (reported && table == "ip nat") }
    $1 == "chain" { chain = $2; base = 0 }
    $1 == "type" { base = $2 == "nat" && $4 ~ /^(prerouting|postrouting)$/ }
    base && !skip && / (dnat|redirect|snat|masquerade)( |$)/ && match($0, / # handle [0-9]+$/) {
      handle = substr($0, RSTART + 10)
      rule = substr($0, 1, RSTART - 1)
      gsub(/[ \t]+/, " ", rule)
      print "fact nat nft", table, chain, handle rule
    }'
}

# Foreign WireGuard: files in no manifest, and interfaces without a file of ours.
fact_tunnels() {
  local file name
  for file in /etc/wireguard/*.conf; do
    [ ! -f "$file" ] || is_ours "$file" || say "fact tunnel file $file"
  done
  { wg show interfaces | tr ' ' '\n'; ip -o link show type wireguard | awk '{ sub(/:$/, "", $2); print $2 }'; } | sort -u | while read -r name; do
    [ -z "$name" ] || is_ours "/etc/wireguard/$name.conf" || say "fact tunnel interface $name"
  done
}

# An interrupted first deploy has written the file but no manifest: then the file's first line says whose it is.
is_ours() {
  is_named "$1" || grep -qs '^# Managed by Homeport' "$1"
}

fact_docker() {
  local arguments data='' settings=/etc/docker/daemon.json name
  if arguments=$(pgrep -ax dockerd | head -n 1) && [ -n "$arguments" ]; then
    say "fact docker running"
    say "fact docker-arguments ${arguments#* }"
    data=$(docker info --format '{{.DockerRootDir}}') || data=''
  fi
  # Asked for the things of a bundle, and nothing came.
  [ "$DOCKER_SEEN" != no ] || say "fact docker silent"
  if [ -s "$settings" ]; then
    say "fact docker-settings $(tr -s ' \t\r\n' ' ' <"$settings")"
    [ -n "$data" ] || data=$(sed -n 's/.*"data-root"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$settings" | head -n 1)
  fi
  data=${data:-/var/lib/docker}
  say "fact docker-data $data"
  fact_space "$data"
  for name in docker-ce podman-docker; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name")" != installed ] || say "fact package $name"
  done
  if [ -e /snap/docker ] || [ -e /var/lib/snapd/snap/docker ]; then say "fact package snap/docker"; fi
  ! pgrep -x 'k3s|k3s-server|k3s-agent|kubelet|kubelite|k0s' >/dev/null || say "fact package kubernetes"
  fact_docker_context "${SUDO_USER:-root}"
}

# The client of the login, which the connection to Docker goes through, may have chosen another engine than this machine's.
fact_docker_context() {
  local home name
  home=$(getent passwd "$1" | cut -d: -f6)
  [ -f "$home/.docker/config.json" ] || return 0
  name=$(tr -d '\n' <"$home/.docker/config.json" | sed -n 's/.*"currentContext"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
  [ -z "$name" ] || [ "$name" = default ] || say "fact docker-context $1 $name"
}

fact_memory_cgroup() {
  local file
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    ! grep -qw memory /sys/fs/cgroup/cgroup.controllers || return 0
  else
    awk '$1 == "memory" && $4 == 1 { on = 1 } END { exit !on }' /proc/cgroups && return 0
  fi
  for file in /boot/firmware/cmdline.txt /boot/cmdline.txt; do [ ! -f "$file" ] || break; done
  say "fact memory-cgroup no $file"
}

fact_addresses() {
  ip -o -4 address show scope global | awk '{ sub(/\/.*/, "", $4); print "fact address", $2, $4, / dynamic/ ? "dynamic" : "fixed" }'
}

# The status that the certificate watch keeps (proxy/certificate-watch.sh): a line per name of an application.
fact_certificates() {
  local file app line
  for file in /run/homeport/certificate-*.status; do
    [ -f "$file" ] || continue
    app=${file##*/certificate-}
    while read -r line; do say "fact certificate ${app%.status} $line"; done <"$file"
  done
}

# What the last run of each backup left (backup/backup.py).
fact_backups() {
  local file app line
  for file in /var/lib/homeport-backup/*.line; do
    [ -s "$file" ] || continue
    app=${file##*/}
    read -r line <"$file"
    say "fact backup ${app%.line} $line"
  done
}

# The ends of our tunnels: endpoint, seconds since the last handshake, and whether data comes back. Only a server has the unit that knows its hub; a ping can be
# lost, so there are two.
fact_peers() {
  local unit=/etc/systemd/system/homeport-tunnel-probe.service now hub answers=- interface key endpoint at
  now=$(date +%s)
  hub=$(sed -n 's/^ExecStart=.*ping .* //p' "$unit" 2>/dev/null) || hub=
  if [ -n "$hub" ]; then
    answers=no
    for _ in 1 2; do ! ping -q -n -c 1 -W 1 "$hub" >/dev/null || { answers=yes; break; }; done
  fi
  wg show all latest-handshakes | while read -r interface key at; do
    is_ours "/etc/wireguard/$interface.conf" || continue
    endpoint=$(wg show "$interface" endpoints | awk -v key="$key" '$1 == key { print $2 }')
    if [ "$at" = 0 ]; then at=never; else at=$((now - at)); fi
    say "fact peer $interface ${endpoint:-(none)} $at $answers"
  done
}

# Megabytes: all, what is available to programs, and what the containers that serve use. A container, or a group that holds Docker's, can have less than the machine.
fact_memory() {
  local total available used=0 most home name id group left
  total=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
  available=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
  most=$available
  for home in "$STATE"/*/serves; do
    [ -s "$home" ] || continue
    while read -r _ name; do
      read -r _ _ _ _ _ _ _ id _ <<<"${INSPECTED[$name]:-}"
      [ -n "$id" ] || continue
      group=$(find /sys/fs/cgroup/memory /sys/fs/cgroup -maxdepth 6 -type d -name "*$id*" -print -quit 2>/dev/null)
      [ -n "$group" ] || continue
      used=$((used + $(memory_of "$group")))
      while group=${group%/*} && [ -f "$group/memory.stat" ]; do
        left=$(memory_left "$group")
        [ -z "$left" ] || [ "$left" -ge "$most" ] || most=$left
      done
    done <"$home"
  done
  say "fact memory $total $most $used"
}

# Megabytes of a control group's programs, without files; of version 1 or 2.
memory_of() { awk '$1 == "total_rss" || $1 == "anon" { used = $2 } END { print int(used / 1048576) }' "$1/memory.stat"; }

# Megabytes to a control group's limit; nothing where it has none.
memory_left() {
  local limit
  limit=$(cat "$1/memory.max" 2>/dev/null || cat "$1/memory.limit_in_bytes" 2>/dev/null) || return 0
  # Version 1 writes none as the largest number of pages.
  case $limit in '' | max | ???????????????????*) return 0 ;; esac
  say "$((limit / 1048576 - $(memory_of "$1")))"
}

# Whether a restart is pending, and for what: as packages say, or because the running kernel's modules are gone.
fact_reboot() {
  local packages
  if [ -f /run/reboot-required ]; then
    packages=$(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\n' ' ')
    say "fact reboot ${packages:-packages that were updated}"
  elif [ -n "$(ls -A /lib/modules 2>/dev/null)" ] && [ ! -d "/lib/modules/$(uname -r)" ] && ! systemd-detect-virt -q -c; then
    say "fact reboot a new kernel"
  fi
}

# Security updates that are not installed. Slow on a Raspberry Pi, so only at a `look`.
fact_updates() {
  local count
  count=$(apt-get -s -q -o Debug::NoLocking=true upgrade </dev/null | grep -c '^Inst .*[Ss]ecurity') || true
  say "fact updates ${count:-0}"
}
