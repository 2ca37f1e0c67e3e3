# shellcheck shell=sh
# Probes one host over ssh. Always exits 0: an unreachable host is an observation, too.
# Environment: TARGET (user@host), PORT, SSH_OPTIONS (one per line), COMMAND (what runs there); stdin: the host script.
# Prints `reached` and the host's answer, or `unreachable`; stderr has what ssh and the host print there.
set -u
IFS='
'
# LogLevel=ERROR hides banners, which could read like a refusal.
# shellcheck disable=SC2086,SC2029  # one option per line; the program builds the command
if seen=$(ssh $SSH_OPTIONS -o ConnectTimeout=10 -o LogLevel=ERROR -p "$PORT" "$TARGET" "$COMMAND"); then
  printf 'reached\n%s\n' "$seen"
else
  printf 'unreachable\n%s\n' "$seen"
fi
