# shellcheck shell=bash disable=SC2317 # every function is called through main
# Applies, proves, removes and looks at bundles of host state. Read by `bash -s VERB` from stdin; what follows the last line is the bundle.
#
# A bundle is data, a directive a line:
#   bundle NAME | owner STACK | revision TEXT | package NAME | group GROUP USER | unit NAME | digest SHA256
#   dir PATH MODE OWNER
#   file PATH MODE OWNER ACTION:UNIT|- guard|-      (its content follows, indented by two spaces)
#   watch nft FAMILY TABLE ACTION:UNIT              (live state that is compared as well)
#   watch tunnel INTERFACE ACTION:UNIT
#   watch sysctl KEY ACTION:UNIT
#   watch route TABLE ACTION:UNIT                   (a routing table, and the rules that lead to it)
#   need DESCRIPTION                                (its command follows, indented; must succeed within CHECK_SECONDS before anything changes)
#   check DESCRIPTION                               (likewise, after everything; for `verify`)
#   leftover PATH                                   (a file that the host writes by itself; it goes with the bundle)
#   note TEXT                                       (said when the bundle is removed)
#   serve APPLICATION CONTAINER                     (older containers of the application that no deploy speaks of any more are removed)
set -euo pipefail
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

STATE=/var/lib/homeport
LOCK=/run/homeport.lock
# Time for another run to end. One that was killed on the workstation goes on here until its packages are installed, minutes on a slow Pi.
LOCK_SECONDS=600
# Time for other programs to give free what apt locks: apt-daily and unattended-upgrades have it in the first minutes of a fresh image.
APT_SECONDS=300
APT_RETRY_SECONDS=3
# Longer than WireGuard needs to find a restarted peer again (REJECT_AFTER_TIME 180 s does not apply: data flows every 5 s, see tunnel-probe).
CHECK_SECONDS=60
# Time for a fresh connection to confirm a change of firewall, sshd or tunnel before it is put back.
REVERT_SECONDS=60
# How often a step that takes long says so.
PROGRESS_SECONDS=10
# Time for the proxy to read a new route (it gathers changes for 0.1 s) and for requests on their way to the old container. With 2 s no request of
# 2,423 was lost in a deploy under load.
DRAIN_SECONDS=2

say() { printf '%s\n' "$*"; }

fail() {
  printf 'homeport: %s\n' "$*" >&2
  exit 1
}

# Runs a step that can take long, and says every PROGRESS_SECONDS how long it has taken so far. The teller reads a pipe that is held here and
# nowhere else, so it ends with this process, however that ends.
patiently() {
  local what=$1 status=0
  shift
  exec 8> >(tell_time "$what")
  "$@" 8>&- || status=$?
  exec 8>&-
  return "$status"
}

tell_time() {
  local started=$SECONDS status
  exec 9>&- # the lock is not the teller's
  while :; do
    status=0
    read -rt "$PROGRESS_SECONDS" _ || status=$?
    [ "$status" -gt 128 ] || return 0
    say "$1: $((SECONDS - started)) s so far"
  done
}

require_root() { [ "$(id -u)" -eq 0 ] || fail "needs root: log in as root, or as a user with passwordless sudo"; }

take_lock() {
  exec 9>"$LOCK"
  flock -n 9 && return
  say "another run is at work on this host, waiting up to ${LOCK_SECONDS} s: $(lock_holders)"
  patiently "waiting for another run on this host" flock -w "$LOCK_SECONDS" 9 ||
    fail "another run still holds $LOCK after ${LOCK_SECONDS} s: let it end, or end it on the host. It is $(lock_holders)"
}

# Who else has the lock open, as `apt-get (process 734), bash (process 612)`; fuser is not everywhere. Only for a subshell, which gives up its own.
lock_holders() {
  local link process
  exec 9>&-
  for link in /proc/[0-9]*/fd/*; do
    [ "$link" -ef "$LOCK" ] || continue
    process=${link#/proc/} && process=${process%%/*}
    [ "$process" = $$ ] || printf '%s (process %s)\n' "$(cat "/proc/$process/comm")" "$process"
  done 2>/dev/null | sort -u | sed '$!s/$/,/' | tr '\n' ' ' | sed 's/ $//'
}

read_bundle() {
  # Of runs that were killed: whoever holds the lock is alone.
  rm -rf /run/homeport.??????
  WORK=$(mktemp -d /run/homeport.XXXXXX)
  trap 'rm -rf "$WORK"' EXIT
  NAME='' OWNER='' REVISION=''
  PACKAGES=() GROUPS_OF=() UNITS=() DIRS=() FILES=() WATCHES=() CHECKS=() NEEDS=() SERVES=() LEFTOVERS=() NOTES=()
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
      leftover) LEFTOVERS+=("$rest") ;;
      note) NOTES+=("$rest") ;;
      need) content=$WORK/need.${#NEEDS[@]} && : >"$content" && NEEDS+=("$rest") ;;
      check) content=$WORK/check.${#CHECKS[@]} && : >"$content" && CHECKS+=("$rest") ;;
      *) fail "unknown directive in the bundle: $word" ;;
    esac
  done
  if [ -z "$NAME" ] || [ -z "$OWNER" ]; then fail "the bundle names no bundle or no owner"; fi
  HOME_OF=$STATE/$NAME
}
