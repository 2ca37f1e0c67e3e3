# shellcheck shell=bash
# The verbs of the host script.

apply() {
  take_lock
  read_bundle
  refuse_other_owner
  mkdir -p "$HOME_OF"
  : >>"$HOME_OF/todo"
  note_before
  install_packages
  join_groups
  await_needs
  revert_unconfirmed
  make_dirs
  changed_files
  drifted_watches
  [ -z "$GUARDED" ] || arm_revert
  retire_units
  remove_leftovers
  write_files
  act_on_units
  restore_settings
  keep_watches
  sweep_containers
  write_manifest
  say "$NAME: ${#CHANGED[@]} of ${#FILES[@]} files written, ${#GONE[@]} removed"
}

# Runs on a new connection: that it could be made is the confirmation.
verify() {
  local i
  take_lock
  read_bundle
  if [ -f "$HOME_OF/reverted" ]; then
    fail "the change was reverted at $(cat "$HOME_OF/reverted"): no new ssh connection succeeded within ${REVERT_SECONDS} s after it." \
      "Correct the firewall, sshd or tunnel settings, then run 'pulumi up' again"
  fi
  confirm
  for i in "${!CHECKS[@]}"; do await "${CHECKS[$i]}" "$WORK/check.$i"; done
}

remove() {
  local path unit group user
  take_lock
  read_bundle
  mkdir -p "$HOME_OF"
  refuse_other_owner
  refuse_while_shared
  confirm
  # A repeated removal cannot stop what the first removed; report only what keeps running.
  [ ! -f "$HOME_OF/units" ] || tac "$HOME_OF/units" | while read -r unit; do
    stop_unit "$unit" 2>/dev/null || ! systemctl is-active -q "$unit" || say "could not stop $unit"
  done
  while read -r _ _ _ _ _ path; do is_taken_over "$path" || rm -f "$path"; done < <(cat "$HOME_OF/manifest" 2>/dev/null)
  [ ! -f "$HOME_OF/leftovers" ] || xargs -r -d '\n' rm -f <"$HOME_OF/leftovers"
  # gpasswd has no -q.
  [ ! -f "$HOME_OF/groups" ] || while read -r group user; do gpasswd -d "$user" "$group" >/dev/null || true; done <"$HOME_OF/groups"
  DIRS=() WATCHES=()
  restore_settings
  remove_made
  note_packages
  systemctl daemon-reload
  notify_others
  rm -rf "$HOME_OF"
  rmdir --ignore-fail-on-non-empty "$STATE"
  # On one line, the last: of a deleted resource Pulumi's tree shows no other.
  [ ${#NOTES[@]} -eq 0 ] || say "$(printf '%s; ' "${NOTES[@]}" | sed 's/; $//')"
}

# Reports how a file differs from its entry in the manifest: PATH DIGEST MODE OWNER.
compare_file() {
  local now digest mode owner
  now=$(describe_file "$1") || {
    say "found $1 is missing"
    return
  }
  read -r digest mode owner <<<"$now"
  [ "$digest" = "$2" ] || say "found $1 has other content than declared"
  [ "$mode" = "$3" ] || say "found $1 has mode $mode, declared $3"
  [ "$owner" = "$4" ] || say "found $1 belongs to $owner, declared $4"
}

# Reports how watched state differs from what the last apply recorded.
compare_watch() {
  local kind name kept declared now sign text
  read -r kind name <<<"${1% *}"
  kept=$(watch_file "$1")
  if [ ! -f "$kept" ]; then
    say "found $kind $name cannot be compared: $kept is missing, and 'pulumi up' records it again"
    return
  fi
  declared=$(cat "$kept")
  now=$(live_of "$1") || now=missing
  [ "$now" != "$declared" ] || return 0
  case $kind/$now in
    sysctl/*) say "found $name is ${now//$'\t'/ }, declared ${declared//$'\t'/ }" ;;
    nft/'no table '*) say "found nft table $name is missing" ;;
    tunnel/'no interface '*) say "found WireGuard interface $name is missing" ;;
    *)
      { diff <(describe_state "$kind" <<<"$declared") <(describe_state "$kind" <<<"$now") || true; } |
        sed -n -e 's/^< not /> /p; t' -e 's/^> not /< /p; t' -e '/^[<>]/p' |
        while read -r sign text; do
          if [ "$sign" = '<' ]; then say "found $kind $name: missing $text"; else say "found $kind $name: unexpected $text"; fi
        done
      ;;
  esac
}

# Names each entry of a live state, one per line, in words for a finding. `not` marks what is known to be absent.
describe_state() {
  tr '\t' ' ' | case $1 in
    nft) awk '/^ *[}]$/ || $1 == "table" { next }
      / [{]$/ { block = $1 " " $2; print block; next }
      { sub(/^ +/, ""); print ($1 == "type" ? "hook" : "rule"), "in " block ": " $0 }' ;;
    route) awk '/^no / { next } { print ($1 ~ /^[0-9]+:$/ ? "rule" : "route"), $0 }' ;;
    tunnel) awk 'NR == 1 { print "public key", $1; next }
      { absent = sub(/^without /, "") ? "not " : "" }
      $2 == "keepalive" { print absent "peer", $1, "with PersistentKeepalive", $3; next }
      { print absent "peer", $1, "with AllowedIPs", $2 }' ;;
    *) cat ;;
  esac
}

# Prints the applied bundles, what has drifted since, and facts; read-only.
probe() {
  local machine home digest mode owner path unit entry
  machine=$(cat /etc/machine-id 2>/dev/null) || machine=
  say "machine ${machine:-unknown} at $(date +%s)"
  for home in "$STATE"/*/; do
    [ -f "$home/owner" ] || continue
    HOME_OF=${home%/}
    say "bundle ${HOME_OF##*/} $(cat "$HOME_OF/owner")"
    [ ! -f "$HOME_OF/reverted" ] || say "found the last change was reverted at $(cat "$HOME_OF/reverted"): no connection confirmed it"
    ! forgotten || say "found the last change was not confirmed before the machine restarted: 'pulumi up' reverts it first"
    # Never applied completely, or reverted the first time: nothing else to compare with. Without this the host would count as unreachable.
    if [ ! -f "$HOME_OF/revision" ]; then
      say "found bundle ${HOME_OF##*/} was never applied completely"
      continue
    fi
    say "revision $(cat "$HOME_OF/revision")"
    while read -r digest mode owner _ _ path; do compare_file "$path" "$digest" "$mode" "$owner"; done <"$HOME_OF/manifest"
    while read -r unit; do
      systemctl is-enabled -q "$unit" 2>/dev/null || say "found $unit is not enabled"
      systemctl is-active -q "$unit" || say "found $unit is not running"
    done <"$HOME_OF/units"
    while read -r entry; do
      [ -z "$entry" ] || compare_watch "$entry"
    done <"$HOME_OF/watches"
    compare_things
  done
  facts 2>/dev/null || true
}

# The same, with what takes seconds: for whoever asks how a machine is.
look() {
  probe
  fact_updates 2>/dev/null || true
}

main() {
  require_root
  case $1 in
    apply | verify | remove | probe | look) "$1" ;;
    *) fail "unknown verb: $1" ;;
  esac
}

main "$@"; exit
