# shellcheck shell=bash
# systemd units and watched live state.

# Unit actions are recorded before anything changes, so that the next run completes an interrupted one.
later() {
  [ "$1" != - ] || return 0
  has_line "$1" "$HOME_OF/todo" || printf '%s\n' "$1" >>"$HOME_OF/todo"
}

live() {
  case $1 in
    nft) nft -s list table "$2" "$3" 2>/dev/null || say "no table $2 $3" ;;
    sysctl) cat "/proc/sys/${2//.//}" ;;
    route)
      ip -4 rule show table "$2" | grep . || say "no rule for the table $2"
      ip -4 route show table "$2" 2>/dev/null | grep . || say "no route in the table $2"
      ;;
    tunnel) if wg show "$2" public-key 2>/dev/null; then strange_peers "$2"; else say "no interface $2"; fi ;;
    # From a bundle applied by another version of this script.
    *) cat "$(watch_file "$*")" ;;
  esac
}

# Where a WireGuard interface's peers differ from its files: `without ...` for what is missing, and the rest as it runs. Peers come and go with bundles
# of their own, so the base bundle does not record them.
strange_peers() {
  comm -3 <(peers_of_files "$1") <(running_peers "$1") | awk -F '\t' '{ print ($1 == "" ? $2 : "without " $1) }'
}

peers_of_files() {
  cat "/etc/wireguard/$1.conf" "/etc/wireguard/$1.peers"/*.conf 2>/dev/null | awk '
    $1 == "PublicKey" { peer = $3 }
    $1 == "AllowedIPs" { for (i = 3; i <= NF; i++) { sub(/,$/, "", $i); print peer, $i } }
    $1 == "PersistentKeepalive" { print peer, "keepalive", $3 }' | LC_ALL=C sort
}

running_peers() {
  wg show "$1" dump | awk -F '\t' 'NR > 1 {
    count = split($4, networks, ",")
    for (i = 1; i <= count; i++) print $1, networks[i]
    if ($8 != "off") print $1, "keepalive", $8
  }' | LC_ALL=C sort
}

watch_action() { printf '%s' "${1##* }"; }

watch_file() {
  local watched=${1% *}
  printf '%s/live.%s' "$HOME_OF" "${watched//[ \/]/_}"
}

# The live state of an entry of WATCHES.
live_of() {
  local words
  read -ra words <<<"$1"
  live "${words[@]}"
}

drifted_watches() {
  local entry
  for entry in "${WATCHES[@]}"; do
    [ -f "$(watch_file "$entry")" ] || continue
    [ "$(live_of "$entry")" = "$(cat "$(watch_file "$entry")")" ] || later "$(watch_action "$entry")"
  done
}

keep_watches() {
  local entry
  rm -f "$HOME_OF"/live.*
  for entry in "${WATCHES[@]}"; do
    live_of "$entry" >"$(watch_file "$entry")"
  done
  printf '%s\n' "${WATCHES[@]}" >"$HOME_OF/watches"
}

# Records what to restore when the bundle is removed: kernel settings, and units that already ran. Written before anything changes, and never with
# values that the bundle itself set.
note_before() {
  local entry kind key unit value
  for entry in "${WATCHES[@]}"; do
    read -r kind key _ <<<"$entry"
    [ "$kind" = sysctl ] || continue
    if has_entry "sysctl $key" "$HOME_OF/watches" || has_entry "sysctl $key" "$HOME_OF/before"; then continue; fi
    value=$(live sysctl "$key") || fail "this host's kernel has no setting $key: install a kernel that has it, then run 'pulumi up' again"
    printf 'sysctl %s %s\n' "$key" "$value" >>"$HOME_OF/before"
  done
  for unit in "${UNITS[@]}"; do
    if has_line "$unit" "$HOME_OF/units" || has_entry "unit $unit" "$HOME_OF/before"; then continue; fi
    if systemctl is-active -q "$unit"; then value=running; else value=stopped; fi
    printf 'unit %s %s\n' "$unit" "$value" >>"$HOME_OF/before"
  done
}

# Restores kernel settings that nothing watches any more.
restore_settings() {
  local kind key value
  [ -f "$HOME_OF/before" ] || return 0
  : >"$HOME_OF/before.new"
  while read -r kind key value; do
    if [ "$kind" != sysctl ] || heads "sysctl $key" "${WATCHES[@]}"; then
      printf '%s %s %s\n' "$kind" "$key" "$value" >>"$HOME_OF/before.new"
    elif [ "$(live sysctl "$key")" != "$value" ]; then
      say "restoring $key = $value"
      printf '%s' "$value" >"/proc/sys/${key//.//}"
    fi
  done <"$HOME_OF/before"
  mv "$HOME_OF/before.new" "$HOME_OF/before"
}

# Stops a unit, unless it ran before the bundle came.
stop_unit() {
  ! has_line "unit $1 running" "$HOME_OF/before" || return 0
  say "stopping $1"
  patiently "stopping $1" systemctl disable -q --now "$1"
}

retire_units() {
  local unit
  [ -f "$HOME_OF/units" ] || return 0
  while read -r unit; do
    among "$unit" "${UNITS[@]}" || stop_unit "$unit"
  done <"$HOME_OF/units"
}

act_on_units() {
  local entry action unit
  systemctl daemon-reload
  if [ -f "$HOME_OF/todo" ]; then
    while IFS=: read -r action unit; do
      ! systemctl is-active -q "$unit" || act_on "$action" "$unit"
    done <"$HOME_OF/todo"
  fi
  for unit in "${UNITS[@]}"; do
    systemctl is-enabled -q "$unit" 2>/dev/null || systemctl enable -q "$unit" ||
      fail "could not enable $unit: see the lines above"
    systemctl is-active -q "$unit" || act_on start "$unit"
  done
}

# If systemd fails, the unit's last log lines say why.
act_on() {
  say "$1 $2"
  patiently "$1 $2" systemctl "$1" "$2" || {
    journalctl -u "$2" -n 15 --no-pager >&2 || true
    fail "could not $1 $2: see its log above; 'systemctl status $2' on the host has the rest"
  }
}

# Units that keep running without us but have read a file of ours that is gone, such as sshd.
notify_others() {
  local action unit
  while IFS=: read -r action unit; do
    systemctl is-active -q "$unit" || continue
    say "$action $unit"
    systemctl "$action" "$unit" || say "could not $action $unit"
  done < <(cut -d' ' -f4 "$HOME_OF/manifest" 2>/dev/null | grep : | sort -u)
}
