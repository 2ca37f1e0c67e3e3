# shellcheck shell=bash disable=SC2317 # every function is called through main
# Applies, proves, removes and looks at bundles of host state. Read by `bash -s VERB` from stdin; what follows the last line is the bundle.
#
# A bundle is data, a directive a line:
#   bundle NAME | owner STACK | revision TEXT | package NAME | group GROUP USER | unit NAME | digest SHA256
#   dir PATH MODE OWNER
#   file PATH MODE OWNER ACTION:UNIT|- guard|-      (its content follows, indented by two spaces)
#   watch nft FAMILY TABLE ACTION:UNIT              (live state that is compared as well)
#   watch wg INTERFACE ACTION:UNIT
#   watch sysctl KEY ACTION:UNIT
#   need DESCRIPTION                                (its command follows, indented; must succeed within CHECK_SECONDS before anything changes)
#   check DESCRIPTION                               (likewise, after everything; for `verify`)
#   serve APPLICATION CONTAINER                     (older containers of the application that no deploy speaks of any more are removed)
set -euo pipefail
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

STATE=/var/lib/homeport
LOCK=/run/homeport.lock
LOCK_SECONDS=120
# Longer than WireGuard needs to find a restarted peer again (REJECT_AFTER_TIME 180 s does not apply: data flows every 5 s, see tunnel-probe).
CHECK_SECONDS=60
# Time for a fresh connection to confirm a change of firewall, sshd or tunnel before it is put back.
REVERT_SECONDS=60

say() { printf '%s\n' "$*"; }
fail() {
  printf 'homeport: %s\n' "$*" >&2
  exit 1
}

require_root() { [ "$(id -u)" -eq 0 ] || fail "needs root: log in as root, or as a user with passwordless sudo"; }

take_lock() {
  exec 9>"$LOCK"
  flock -n 9 && return
  say "another run is at work on this host, waiting up to ${LOCK_SECONDS} s"
  flock -w "$LOCK_SECONDS" 9 || fail "another run still holds $LOCK after ${LOCK_SECONDS} s: let it end, or see who holds it with: fuser -v $LOCK"
}

# --- reading the bundle -------------------------------------------------------------------------------------------------------------

read_bundle() {
  WORK=$(mktemp -d /run/homeport.XXXXXX)
  trap 'rm -rf "$WORK"' EXIT
  NAME='' OWNER='' REVISION=''
  PACKAGES=() GROUPS_OF=() UNITS=() DIRS=() FILES=() WATCHES=() CHECKS=() NEEDS=() SERVES=()
  local line word rest content=/dev/null
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '  '*) printf '%s\n' "${line:2}" >>"$content" && continue ;;
      '') continue ;;
    esac
    word=${line%% *} rest=${line#* }
    case $word in
      bundle) NAME=$rest ;;
      owner) OWNER=$rest ;;
      revision) REVISION=$rest ;;
      digest) ;; # only makes `verify` run again when what it confirms has changed
      package) PACKAGES+=("$rest") ;;
      group) GROUPS_OF+=("$rest") ;;
      unit) UNITS+=("$rest") ;;
      dir) DIRS+=("$rest") ;;
      watch) WATCHES+=("$rest") ;;
      file) content=$WORK/file.${#FILES[@]} && : >"$content" && FILES+=("$rest") ;;
      serve) SERVES+=("$rest") ;;
      need) content=$WORK/need.${#NEEDS[@]} && : >"$content" && NEEDS+=("$rest") ;;
      check) content=$WORK/check.${#CHECKS[@]} && : >"$content" && CHECKS+=("$rest") ;;
      *) fail "unknown directive in the bundle: $word" ;;
    esac
  done
  if [ -z "$NAME" ] || [ -z "$OWNER" ]; then fail "the bundle names no bundle or no owner"; fi
  HOME_OF=$STATE/$NAME
}

# --- parts of applying --------------------------------------------------------------------------------------------------------------

refuse_other_owner() {
  local owner
  [ -f "$HOME_OF/owner" ] || return 0
  owner=$(cat "$HOME_OF/owner")
  [ "$owner" = "$OWNER" ] || fail "this host's '$NAME' belongs to the stack $owner, not to $OWNER: destroy it there first, or use another host"
}

install_packages() {
  local name missing=()
  for name in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing packages: ${missing[*]}"
  apt-get update -qq </dev/null || fail "apt-get update failed: see the lines above; check the host's network and clock"
  apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >"$WORK/apt.log" 2>&1 ||
    { tail -n 20 "$WORK/apt.log" >&2 && fail "apt-get could not install: ${missing[*]}"; }
  printf '%s\n' "${missing[@]}" >>"$HOME_OF/packages"
}

join_groups() {
  local entry group user
  for entry in "${GROUPS_OF[@]}"; do
    read -r group user <<<"$entry"
    id -nG "$user" | tr ' ' '\n' | grep -qx "$group" && continue
    say "user $user joins the group $group"
    usermod -aG "$group" "$user"
    printf '%s %s\n' "$group" "$user" >>"$HOME_OF/groups"
  done
}

# Makes the missing directories above a path and notes them: what a bundle has not made, it does not remove.
make_parents() {
  local directory=${1%/*} missing=()
  until [ -d "$directory" ]; do
    missing=("$directory" "${missing[@]}")
    directory=${directory%/*}
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  install -d -m 0755 "${missing[@]}"
  printf '%s\n' "${missing[@]}" >>"$HOME_OF/made"
}

# Deepest first; a directory that somebody else put something into stays.
remove_made() {
  [ -f "$HOME_OF/made" ] || return 0
  sort -r -u "$HOME_OF/made" | xargs -r -d '\n' rmdir --ignore-fail-on-non-empty 2>/dev/null || true
}

make_dirs() {
  local entry path mode owner
  for entry in "${DIRS[@]}"; do
    read -r path mode owner <<<"$entry"
    [ -d "$path" ] && [ "$(stat -c '%a' "$path")" = "${mode#0}" ] && [ "$(stat -c '%u:%g' "$path")" = "$(numeric "$owner")" ] && continue
    make_parents "$path"
    [ -d "$path" ] || printf '%s\n' "$path" >>"$HOME_OF/made"
    install -d -m "$mode" -o "${owner%%:*}" -g "${owner##*:}" "$path"
  done
}

numeric() {
  local user=${1%%:*} group=${1##*:}
  case $user in *[!0-9]*) user=$(id -u "$user") ;; esac
  case $group in *[!0-9]*) group=$(getent group "$group" | cut -d: -f3) ;; esac
  printf '%s:%s' "$user" "$group"
}

# What a file looks like, spelled the same way wherever it is compared.
look() { [ -f "$1" ] && printf '%s %s' "$(sha256sum <"$1" | cut -d' ' -f1)" "$(stat -c '%a %u:%g' "$1")"; }

changed_files() {
  local i path mode owner action guard wanted
  CHANGED=() GONE=() GUARDED=
  for i in "${!FILES[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    wanted="$(sha256sum <"$WORK/file.$i" | cut -d' ' -f1) ${mode#0} $(numeric "$owner")"
    [ "$(look "$path" || true)" = "$wanted" ] && continue
    CHANGED+=("$i")
    later "$action"
    [ "$guard" != guard ] || GUARDED=1
  done
  [ -f "$HOME_OF/manifest" ] || return 0
  while read -r _ _ _ action guard path; do
    printf '%s\n' "${FILES[@]}" | grep -q "^$path " && continue
    GONE+=("$path")
    later "$action"
    [ "$guard" != guard ] || GUARDED=1
  done <"$HOME_OF/manifest"
}

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

# Keeps what a guarded change replaces, and sets the timer that puts it back.
arm_revert() {
  local back=$STATE/revert i path mode owner action guard unit
  [ ! -d "$back" ] || { say "an unconfirmed change is put back first" && "$back/run"; }
  rm -rf "$back.new"
  mkdir -p "$back.new/files"
  for i in "${CHANGED[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    if [ -f "$path" ]; then cp -a --parents "$path" "$back.new/files"; else printf '%s\n' "$path" >>"$back.new/absent"; fi
  done
  for path in "${GONE[@]}"; do [ ! -f "$path" ] || cp -a --parents "$path" "$back.new/files"; done
  for unit in "${UNITS[@]}"; do
    systemctl is-enabled -q "$unit" 2>/dev/null || printf '%s\n' "$unit" >>"$back.new/new-units"
  done
  cp "$HOME_OF/todo" "$back.new/todo"
  for unit in manifest revision digest watches; do [ ! -f "$HOME_OF/$unit" ] || cp -a --parents "$HOME_OF/$unit" "$back.new/files"; done
  printf '%s\n' "$HOME_OF" >"$back.new/home"
  write_revert_script "$back.new/run"
  mv "$back.new" "$back"
  systemctl stop homeport-revert.timer 2>/dev/null || true
  systemd-run --quiet --collect --unit=homeport-revert --on-active="${REVERT_SECONDS}s" "$back/run"
  say "a fresh connection has ${REVERT_SECONDS} s to confirm this change, or it is put back"
}

write_revert_script() {
  cat >"$1" <<'REVERT'
#!/bin/bash
# Puts back what the last unconfirmed change replaced. Run by the timer homeport-revert, or by hand.
set -uo pipefail
back=/var/lib/homeport/revert
home=$(cat "$back/home")
[ ! -f "$back/new-units" ] || xargs -r systemctl disable --now <"$back/new-units"
[ ! -f "$back/absent" ] || xargs -r -d '\n' rm -f <"$back/absent"
rm -f "$home/manifest" "$home/revision" "$home/digest" "$home/watches"
cp -a "$back/files/." /
systemctl daemon-reload
while IFS=: read -r action unit; do
  grep -qx "$unit" "$back/new-units" 2>/dev/null && continue
  systemctl "$action" "$unit"
done <"$back/todo"
rm -f "$home/todo"
date -u '+%Y-%m-%d %H:%M:%S UTC' >/var/lib/homeport/reverted
rm -rf "$back"
REVERT
  chmod 0700 "$1"
}

write_files() {
  local i path mode owner action guard
  for i in "${CHANGED[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    say "writing $path"
    make_parents "$path"
    install -m "$mode" -o "${owner%%:*}" -g "${owner##*:}" "$WORK/file.$i" "$path.homeport-new"
    mv -f "$path.homeport-new" "$path"
  done
  for path in "${GONE[@]}"; do
    say "removing $path"
    rm -f "$path"
  done
  # Made again after, where one of ours was only empty for now.
  [ ${#GONE[@]} -eq 0 ] || { remove_made && make_dirs; }
}

retire_units() {
  local unit
  [ -f "$HOME_OF/units" ] || return 0
  while read -r unit; do
    printf '%s\n' "${UNITS[@]}" | grep -qx "$unit" || { say "stopping $unit" && systemctl disable -q --now "$unit"; }
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

write_manifest() {
  local i path mode owner action guard
  for i in "${!FILES[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    printf '%s %s %s %s\n' "$(look "$path")" "$action" "$guard" "$path"
  done >"$HOME_OF/manifest.new"
  mv "$HOME_OF/manifest.new" "$HOME_OF/manifest"
  printf '%s\n' "${UNITS[@]}" | sed '/^$/d' >"$HOME_OF/units"
  printf '%s\n' "$OWNER" >"$HOME_OF/owner"
  printf '%s\n' "$REVISION" >"$HOME_OF/revision"
  rm -f "$HOME_OF/todo" "$STATE/reverted"
}

# Tries the command in a file until it succeeds; fails after CHECK_SECONDS with the last lines it wrote.
await() {
  local claim=$1 command=$2 deadline=$((SECONDS + CHECK_SECONDS))
  until bash -eu "$command" >"$WORK/out" 2>&1 </dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || { tail -n 5 "$WORK/out" >&2 && fail "not so after ${CHECK_SECONDS} s: $claim"; }
    sleep 1
  done
  say "ok: $claim"
}

await_needs() {
  local i
  for i in "${!NEEDS[@]}"; do await "${NEEDS[$i]}" "$WORK/need.$i"; done
}

# A container whose creation failed can be on the host and in no state. The one that serves now and the one that served before stay: the
# latter is deleted by the deploy itself, when nothing depends on it any more.
sweep_containers() {
  local app name served=$HOME_OF/serves
  [ ${#SERVES[@]} -gt 0 ] || return 0
  printf '%s\n' "${SERVES[@]}" >"$served.new"
  cut -d' ' -f1 "$served.new" | sort -u | while read -r app; do
    docker ps -a --filter "label=homeport.app=$app" --filter label=homeport.role=web --format '{{.Names}}' | while read -r name; do
      grep -qsx "$app $name" "$served.new" "$served" && continue
      say "removing container $name, which was never finished"
      docker rm -f "$name" >/dev/null
    done
  done
  mv "$served.new" "$served"
}

# --- verbs --------------------------------------------------------------------------------------------------------------------------

apply() {
  take_lock
  read_bundle
  mkdir -p "$HOME_OF"
  : >>"$HOME_OF/todo"
  refuse_other_owner
  install_packages
  join_groups
  await_needs
  make_dirs
  changed_files
  drifted_watches
  [ -z "$GUARDED" ] || arm_revert
  retire_units
  write_files
  act_on_units
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
  if [ -f "$STATE/reverted" ]; then
    fail "the change was put back at $(cat "$STATE/reverted"): no new ssh connection could be made within ${REVERT_SECONDS} s after it." \
      "Correct the firewall, sshd or tunnel settings and run 'pulumi up' again"
  fi
  if [ -d "$STATE/revert" ]; then
    systemctl stop homeport-revert.timer
    rm -rf "$STATE/revert"
    say "change confirmed"
  fi
  for i in "${!CHECKS[@]}"; do await "${CHECKS[$i]}" "$WORK/check.$i"; done
}

remove() {
  local path unit group user
  take_lock
  read_bundle
  [ -d "$HOME_OF" ] || return 0
  refuse_other_owner
  [ ! -f "$HOME_OF/units" ] || tac "$HOME_OF/units" | while read -r unit; do systemctl disable -q --now "$unit" 2>/dev/null || true; done
  while read -r _ _ _ _ _ path; do rm -f "$path"; done < <(cat "$HOME_OF/manifest" 2>/dev/null)
  [ ! -f "$HOME_OF/groups" ] || while read -r group user; do gpasswd -d "$user" "$group" >/dev/null || true; done <"$HOME_OF/groups"
  remove_made
  [ ! -f "$HOME_OF/packages" ] || say "packages that were installed stay: $(sort -u "$HOME_OF/packages" | tr '\n' ' ')"
  systemctl daemon-reload
  rm -rf "$HOME_OF"
  rmdir --ignore-fail-on-non-empty "$STATE"
}

# Writes what the host was told and what is not so any more; reads only.
probe() {
  local home path wanted unit entry
  say "machine $(cat /etc/machine-id) at $(date +%s)"
  [ ! -f "$STATE/reverted" ] || say "found the last change was put back at $(cat "$STATE/reverted"), it was not confirmed"
  for home in "$STATE"/*/; do
    [ -f "$home/owner" ] || continue
    HOME_OF=${home%/}
    say "bundle ${HOME_OF##*/} $(cat "$HOME_OF/owner")"
    say "revision $(cat "$HOME_OF/revision")"
    while read -r sum mode owner _ _ path; do
      wanted="$sum $mode $owner"
      [ -f "$path" ] || { say "found $path is missing" && continue; }
      [ "$(look "$path")" = "$wanted" ] || say "found $path was changed"
    done <"$HOME_OF/manifest"
    while read -r unit; do
      systemctl is-enabled -q "$unit" 2>/dev/null || say "found $unit is not enabled"
      systemctl is-active -q "$unit" || say "found $unit is not running"
    done <"$HOME_OF/units"
    while read -r entry; do
      [ -n "$entry" ] || continue
      # shellcheck disable=SC2086
      diff "$(watch_file "$entry")" <(live $entry) | tr '\t' ' ' | sed -n "s/^>[[:space:]]*/found ${entry% *}: added /p; s/^<[[:space:]]*/found ${entry% *}: lost /p" || true
    done <"$HOME_OF/watches"
  done
}

main() {
  require_root
  # `cp --parents` fails to copy the mode of a parent directory when it is run from elsewhere (coreutils 9.1).
  cd /
  case $1 in
    apply | verify | remove | probe) "$1" ;;
    *) fail "unknown verb: $1" ;;
  esac
}

main "$@"; exit
