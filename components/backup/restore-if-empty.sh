# shellcheck shell=bash
# Fills an application's empty volumes and database from a backup, before anything of it starts; data that is there stays. Read by `bash -s` from stdin,
# as root; behind the last line stand the name of the application, the backup, and the server's revision, after whose change it is run again.
set -euo pipefail
export LC_ALL=C

main() {
  local app id
  read -r app
  read -r id
  exec /usr/local/lib/homeport/backup "$app" restore "$id" --if-empty </dev/null
}

main; exit
