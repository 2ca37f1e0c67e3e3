# shellcheck shell=sh
# Runs a verb on the container that serves an application, the newest healthy one: APP run|logs WORDS...
#   run       the words are a command in it, with this terminal if there is one
#   with-env  the same, with variables from stdin, a line each: they are in no process's arguments
#   logs      the words are options of `docker logs`
set -eu
app=$1 verb=$2
shift 2

newest() {
  all=$(docker ps --quiet --filter "label=homeport.app=$app" --filter label=homeport.role=web "$@")
  printf '%s\n' "$all" | head -n 1
}

# During a deploy, or after a failed one, a newer container exists beside the one that serves.
container=$(newest --filter health=healthy)
if [ -z "$container" ]; then
  container=$(newest)
  # A stopped container still has its log.
  if [ -z "$container" ] && [ "$verb" = logs ]; then container=$(newest --all); fi
  [ -n "$container" ] || {
    echo "homeport: no container of $app is running here: see npm run status; pulumi up starts one" >&2
    exit 1
  }
  echo "homeport: no container of $app is healthy here; using the newest: see npm run logs and npm run status" >&2
fi
case $verb in
  run)
    if [ -t 0 ]; then exec docker exec --interactive --tty "$container" "$@"; fi
    exec docker exec --interactive "$container" "$@"
    ;;
  with-env)
    variables=$(mktemp /dev/shm/homeport.XXXXXX)
    trap 'rm -f "$variables"' EXIT
    trap 'exit 1' HUP INT TERM
    cat >"$variables"
    docker exec --env-file "$variables" "$container" "$@"
    ;;
  logs) exec docker logs "$@" "$container" ;;
esac
