# shellcheck shell=sh
# Runs a verb on a container of an application, of its site the one that serves: APP PROCESS run|logs WORDS..., PROCESS is web or a name in app.processes.
#   run       the words are a command in it, with this terminal if there is one
#   with-env  the same, with variables from stdin, a line each: they are in no process's arguments
#   logs      the words are options of `docker logs`
set -eu
app=$1 process=$2 verb=$3
shift 3

# From the newest on.
names() {
  if [ "$process" = web ]; then set -- "$@" --filter label=homeport.role=web; else set -- "$@" --filter "label=homeport.process=$process"; fi
  docker ps --format '{{.Names}}' --filter "label=homeport.app=$app" "$@"
}

# During a deploy, or after a failed one, a newer container exists beside the one that serves, which the route names.
# shellcheck disable=SC2016  # for the shell of root
served=$(as_root sh -c 'for file in /var/lib/homeport/*/serves; do [ ! -f "$file" ] || cat "$file"; done' | sed -n "s/^$app //p")
running=$(names)
container=$(printf '%s\n' "$running" | while read -r name; do
  if printf '%s\n' "$served" | grep -qxF -e "$name"; then printf '%s\n' "$name"; fi
done | head -n 1)
if [ -z "$container" ]; then
  container=$(printf '%s\n' "$running" | head -n 1)
  # A stopped container still has its log.
  if [ -z "$container" ] && [ "$verb" = logs ]; then container=$(names --all | head -n 1); fi
  [ -n "$container" ] || {
    echo "homeport: no container of $app ($process) is running here: see npm run status; pulumi up starts one" >&2
    exit 1
  }
  echo "homeport: the container of $app ($process) that should serve is not running here; using the newest: see npm run logs and npm run status" >&2
fi
inside=/opt/homeport/launch
case $verb in
  run)
    if [ -t 0 ]; then exec docker exec --interactive --tty "$container" "$inside" --inside "$@"; fi
    exec docker exec --interactive "$container" "$inside" --inside "$@"
    ;;
  with-env)
    variables=$(mktemp /dev/shm/homeport.XXXXXX)
    trap 'rm -f "$variables"' EXIT
    trap 'exit 1' HUP INT TERM
    cat >"$variables"
    docker exec --env-file "$variables" "$container" "$inside" --inside "$@"
    ;;
  logs) exec docker logs "$@" "$container" ;;
esac
