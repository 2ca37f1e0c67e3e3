# shellcheck shell=sh
# Runs the backup program of an application: APP VERB [WORD...]. Exits 3 where this machine saves nothing.
app=$1
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
if [ "$2" = source ]; then
  # Nothing where this machine saves nothing.
  as_root test -f "/etc/homeport/backup/$app.json" || exit 0
  as_root sh -c "tr -d '\n' <'/etc/homeport/backup/$app.json'; printf '\n\n'; cat '/etc/homeport/backup/$app.env'"
  exit
fi
as_root test -f "/etc/homeport/backup/$app.json" || exit 3
as_root nice -n 10 ionice -c 3 /usr/local/lib/homeport/backup "$@"
