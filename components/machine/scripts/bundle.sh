# shellcheck shell=bash disable=SC2317 # every function is called through main
# Applies, verifies, removes and probes bundles of host state. Read by `bash -s VERB` from stdin; what follows the last line is the bundle.
#
# A bundle is data, one directive per line; see machine/protocol.ts.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh
set -euo pipefail
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

STATE=/var/lib/homeport
LOCK=/run/homeport.lock
# Time for another run to finish. One killed on the workstation continues here until its packages are installed: minutes on a slow Pi.
LOCK_SECONDS=600
# Time for other programs to release apt's locks: apt-daily and unattended-upgrades hold them in the first minutes of a fresh image.
APT_SECONDS=300
APT_RETRY_SECONDS=3
# Longer than WireGuard needs to reconnect to a restarted peer (REJECT_AFTER_TIME, 180 s, does not apply: data flows every 5 s, see tunnel-probe).
CHECK_SECONDS=60
# Time for a fresh connection to confirm a change of firewall, sshd or tunnel before it is reverted.
REVERT_SECONDS=60
# Time for the proxy to read a new route (it batches changes for 0.1 s) and for requests in flight to the old container. With 2 s, none of 2,423
# requests was lost in a deploy under load.
DRAIN_SECONDS=2

require_root() { [ "$(id -u)" -eq 0 ] || fail "needs root: log in as root, or as a user with passwordless sudo"; }

take_lock() {
  exec 9>"$LOCK"
  flock -n 9 && return
  say "another run is active on this host, waiting up to ${LOCK_SECONDS} s: $(lock_holders)"
  patiently "waiting for another run on this host" flock -w "$LOCK_SECONDS" 9 ||
    fail "another run still holds $LOCK after ${LOCK_SECONDS} s: wait for it, or stop it on the host. It is $(lock_holders)"
}

# Who else has the lock open: `apt-get (process 734), bash (process 612)`. fuser is not everywhere. Call it in a subshell: it closes its own lock.
lock_holders() {
  local link process
  exec 9>&-
  for link in /proc/[0-9]*/fd/*; do
    [ "$link" -ef "$LOCK" ] || continue
    process=${link#/proc/} && process=${process%%/*}
    [ "$process" = $$ ] || printf '%s (process %s)\n' "$(cat "/proc/$process/comm")" "$process"
  done 2>/dev/null | sort -u | sed '$!s/$/,/' | tr '\n' ' ' | sed 's/ $//'
}

# Whether the first word is among the others.
among() {
  local word=$1 other
  shift
  for other; do [ "$other" != "$word" ] || return 0; done
  return 1
}

# Whether one of the entries starts with these words.
heads() {
  local words=$1 entry
  shift
  for entry; do [[ $entry != "$words "* ]] || return 0; done
  return 1
}

# Whether a file has this line, or one that starts with these words; the file may be missing.
has_line() { grep -qsxF -e "$1" -- "$2"; }
has_entry() {
  local entries
  [ -f "$2" ] || return 1
  mapfile -t entries <"$2"
  heads "$1" "${entries[@]}"
}

read_bundle() {
  # Left by killed runs: only one run holds the lock.
  rm -rf /run/homeport.??????
  WORK=$(mktemp -d /run/homeport.XXXXXX)
  trap 'rm -rf "$WORK"' EXIT
  NAME='' OWNER='' REVISION=''
  PACKAGES=() GROUPS_OF=() UNITS=() DIRS=() FILES=() WATCHES=() CHECKS=() NEEDS=() SERVES=() THINGS=() LEFTOVERS=() NOTES=()
  local line word rest content='' number=0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
      '  '*)
        [ -n "$content" ] || fail "line $number of the bundle is content, but the directive before it takes none: this is a bug in Homeport, report it"
        printf '%s\n' "${line:2}" >>"$content"
        continue
        ;;
      '') continue ;;
    esac
    word=${line%% *} rest=${line#* } content=''
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
      file)
        content=$WORK/file.${#FILES[@]}
        FILES+=("$rest")
        ;;
      serve) SERVES+=("$rest") ;;
      thing) THINGS+=("$rest") ;;
      leftover) LEFTOVERS+=("$rest") ;;
      note) NOTES+=("$rest") ;;
      need)
        content=$WORK/need.${#NEEDS[@]}
        NEEDS+=("$rest")
        ;;
      check)
        content=$WORK/check.${#CHECKS[@]}
        CHECKS+=("$rest")
        ;;
      *) fail "line $number of the bundle has an unknown directive, $word: this is a bug in Homeport, report it" ;;
    esac
    [ -z "$content" ] || : >"$content"
  done
  if [ -z "$NAME" ] || [ -z "$OWNER" ]; then fail "the bundle has no name or no owner: this is a bug in Homeport, report it"; fi
  HOME_OF=$STATE/$NAME
}
