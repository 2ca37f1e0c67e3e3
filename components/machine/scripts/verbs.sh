# shellcheck shell=bash
# What a host can be asked for.

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
  put_back_unconfirmed
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

# Run on a connection of its own: that it could be made is the confirmation.
verify() {
  local i
  take_lock
  read_bundle
  if [ -f "$HOME_OF/reverted" ]; then
    fail "the change was put back at $(cat "$HOME_OF/reverted"): no new ssh connection could be made within ${REVERT_SECONDS} s after it." \
      "Correct the firewall, sshd or tunnel settings and run 'pulumi up' again"
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
  # What the first of two removals has taken away, the second cannot stop; what runs on must not pass in silence.
  [ ! -f "$HOME_OF/units" ] || tac "$HOME_OF/units" | while read -r unit; do
    stop_unit "$unit" 2>/dev/null || ! systemctl is-active -q "$unit" || say "could not stop $unit"
  done
  while read -r _ _ _ _ _ path; do is_taken_over "$path" || rm -f "$path"; done < <(cat "$HOME_OF/manifest" 2>/dev/null)
  [ ! -f "$HOME_OF/leftovers" ] || xargs -r -d '\n' rm -f <"$HOME_OF/leftovers"
  [ ! -f "$HOME_OF/groups" ] || while read -r group user; do gpasswd -d "$user" "$group" >/dev/null || true; done <"$HOME_OF/groups"
  DIRS=() WATCHES=()
  restore_settings
  remove_made
  note_packages
  systemctl daemon-reload
  tell_others
  rm -rf "$HOME_OF"
  rmdir --ignore-fail-on-non-empty "$STATE"
  # One line, and the last: of a resource that is gone Pulumi's tree shows no other.
  [ ${#NOTES[@]} -eq 0 ] || say "$(printf '%s; ' "${NOTES[@]}" | sed 's/; $//')"
}

# Says what of a watched state is not as it was kept.
compare_watch() {
  local kept sign text what=lost
  kept=$(watch_file "$1")
  if [ ! -f "$kept" ]; then
    say "found ${1% *}: there is nothing to compare it with"
    return
  fi
  { diff "$kept" <(live_of "$1") || true; } | tr '\t' ' ' | while read -r sign text; do
    case $sign in
      '<') what=lost ;;
      '>') what=added ;;
      *) continue ;;
    esac
    case $what/$text in added/'without '*) what=lost text=${text#without } ;; esac
    say "found ${1% *}: $what $text"
  done
}

# Writes what the host was told and what is not so any more; reads only.
probe() {
  local machine home sum mode owner path unit entry
  machine=$(cat /etc/machine-id 2>/dev/null) || machine=
  say "machine ${machine:-unknown} at $(date +%s)"
  for home in "$STATE"/*/; do
    [ -f "$home/owner" ] || continue
    HOME_OF=${home%/}
    say "bundle ${HOME_OF##*/} $(cat "$HOME_OF/owner")"
    [ ! -f "$HOME_OF/reverted" ] || say "found the last change was put back at $(cat "$HOME_OF/reverted"), it was not confirmed"
    # What was never told to its end, or put back the first time, has nothing else to be compared with.
    if [ ! -f "$HOME_OF/revision" ]; then
      say "found ${HOME_OF##*/} was never finished"
      continue
    fi
    say "revision $(cat "$HOME_OF/revision")"
    while read -r sum mode owner _ _ path; do
      if [ ! -f "$path" ]; then
        say "found $path is missing"
      elif [ "$(look "$path")" != "$sum $mode $owner" ]; then
        say "found $path was changed"
      fi
    done <"$HOME_OF/manifest"
    while read -r unit; do
      systemctl is-enabled -q "$unit" 2>/dev/null || say "found $unit is not enabled"
      systemctl is-active -q "$unit" || say "found $unit is not running"
    done <"$HOME_OF/units"
    while read -r entry; do
      [ -z "$entry" ] || compare_watch "$entry"
    done <"$HOME_OF/watches"
    fact_containers 2>/dev/null || true
  done
  facts 2>/dev/null || true
}

main() {
  require_root
  case $1 in
    apply | verify | remove | probe) "$1" ;;
    *) fail "unknown verb: $1" ;;
  esac
}

main "$@"; exit
