# shellcheck shell=sh
# Probes one host over ssh. Always exits 0: an unreachable host is an observation, too.
# Environment: TARGET (user@host), PORT, SSH_OPTIONS (one per line), COMMAND (what runs there); stdin: the host script.
# Prints `reached` and the host's answer, or `failed CODE` and what there is of one; stderr has what ssh and the host print there. Of a host with another key
# than the pinned one it also prints those that it shows, a line `key TYPE KEY` each.
set -u
IFS='
'
command -v ssh >/dev/null || {
  printf 'failed 127\n'
  echo "there is no ssh on this workstation" >&2
  exit 0
}
# Only ssh itself exits with 255; any other failure is one of the command, behind a login that works.
code=0
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
# LogLevel=ERROR hides banners, which could read like a refusal.
# shellcheck disable=SC2086,SC2029  # one option per line; the program builds the command
seen=$(ssh $SSH_OPTIONS -o ConnectTimeout=10 -o LogLevel=ERROR -p "$PORT" "$TARGET" "$COMMAND" 2>"$errors") || code=$?
cat "$errors" >&2
if [ "$code" -eq 0 ]; then
  printf 'reached\n%s\n' "$seen"
  exit 0
fi
printf 'failed %s\n%s\n' "$code" "$seen"
if [ "$code" -eq 255 ] && grep -Eqi 'host key verification failed|no matching host key type' "$errors"; then
  ssh-keyscan -T 5 -p "$PORT" -t ed25519,ecdsa "${TARGET#*@}" 2>/dev/null | sed -n 's/^[^# ][^ ]* /key /p'
fi
