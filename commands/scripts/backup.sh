# shellcheck shell=sh
# Runs the backup program of an application: APP VERB [WORD...]. Exits 3 where this machine saves nothing.
app=$1
if [ "$2" = source ]; then
  # Nothing where this machine saves nothing.
  as_root test -f "/etc/homeport/backup/$app.json" || exit 0
  as_root cat "/etc/homeport/backup/$app.json" | tr -d '\n'
  printf '\n\n'
  as_root cat "/etc/homeport/backup/$app.env"
  exit
fi
as_root test -f "/etc/homeport/backup/$app.json" || exit 3
as_root nice -n 10 ionice -c 3 /usr/local/lib/homeport/backup "$@"
