# shellcheck shell=sh
# Looks at one host over ssh. Always ends with 0: a host that does not answer is an observation, too.
# Parameters by environment: TARGET (user@host), PORT, SSH_OPTIONS (a line each), COMMAND (what runs there); stdin: the host script.
# Writes `reached` and what the host said, or `unreachable`; the words of ssh and of the host's stderr stay on stderr.
set -u
IFS='
'
# No word of a banner, which could look like a refusal.
# shellcheck disable=SC2086,SC2029  # an option a line; the command is put together by the program
if seen=$(ssh $SSH_OPTIONS -o ConnectTimeout=10 -o LogLevel=ERROR -p "$PORT" "$TARGET" "$COMMAND"); then
  printf 'reached\n%s\n' "$seen"
else
  printf 'unreachable\n%s\n' "$seen"
fi
