# shellcheck shell=sh
# Looks at one host over ssh. Always ends with 0: a host that does not answer is an observation, too.
# Parameters by environment: TARGET (user@host), PORT, SSH_OPTIONS (a line each); stdin: the host script.
set -u
IFS='
'
# No word of a banner, which could look like a refusal.
# shellcheck disable=SC2086  # an option a line
if seen=$(ssh $SSH_OPTIONS -o ConnectTimeout=10 -o LogLevel=ERROR -p "$PORT" "$TARGET" \
  'if [ "$(id -u)" -eq 0 ]; then exec bash -s probe; else exec sudo -n bash -s probe; fi' 2>&1); then
  printf 'reached\n%s\n' "$seen"
else
  printf 'unreachable\n%s\n' "$seen"
fi
