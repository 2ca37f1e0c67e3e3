# shellcheck shell=bash
# Units of systemd, and the live state that is watched.

# Units to act on are written down before anything changes, so that a run that was cut off is finished by the next.
later() {
  [ "$1" != - ] || return 0
  grep -qx "$1" "$HOME_OF/todo" 2>/dev/null || printf '%s\n' "$1" >>"$HOME_OF/todo"
}

live() {
  case $1 in
    nft) nft -s list table "$2" "$3" 2>/dev/null || say "no table $2 $3" ;;
    sysctl) cat "/proc/sys/${2//.//}" ;;
    wg) { wg show "$2" public-key && wg show "$2" allowed-ips | sort && wg show "$2" persistent-keepalive | sort; } 2>/dev/null || say "no interface $2" ;;
  esac
}

watch_action() { printf '%s' "${1##* }"; }
watch_file() { printf '%s/live.%s' "$HOME_OF" "$(printf '%s' "${1% *}" | tr ' /' '__')"; }

drifted_watches() {
  local entry
  for entry in "${WATCHES[@]}"; do
    [ -f "$(watch_file "$entry")" ] || continue
    # shellcheck disable=SC2086  # an entry is words
    [ "$(live $entry)" = "$(cat "$(watch_file "$entry")")" ] || later "$(watch_action "$entry")"
  done
}

keep_watches() {
  local entry
  rm -f "$HOME_OF"/live.*
  for entry in "${WATCHES[@]}"; do
    # shellcheck disable=SC2086
    live $entry >"$(watch_file "$entry")"
  done
  printf '%s\n' "${WATCHES[@]}" >"$HOME_OF/watches"
}

retire_units() {
  local unit
  [ -f "$HOME_OF/units" ] || return 0
  while read -r unit; do
    grep -qx "$unit" <<<"$(printf '%s\n' "${UNITS[@]}")" || { say "stopping $unit" && systemctl disable -q --now "$unit"; }
  done <"$HOME_OF/units"
}

act_on_units() {
  local entry action unit
  systemctl daemon-reload
  if [ -f "$HOME_OF/todo" ]; then
    while IFS=: read -r action unit; do
      systemctl is-active -q "$unit" || continue
      say "$action $unit"
      systemctl "$action" "$unit" || { journalctl -u "$unit" -n 15 --no-pager >&2 && fail "could not $action $unit"; }
    done <"$HOME_OF/todo"
  fi
  for unit in "${UNITS[@]}"; do
    systemctl is-enabled -q "$unit" 2>/dev/null || systemctl enable -q "$unit"
    systemctl is-active -q "$unit" && continue
    say "starting $unit"
    systemctl start "$unit" || { journalctl -u "$unit" -n 15 --no-pager >&2 && fail "could not start $unit"; }
  done
}
