# shellcheck shell=sh
# Lists the containers and networks that a stack has made on this engine, a line each: OWNER. Reads only. A container that the present route names is left
# out: it serves, whatever a state knows of it.
set -eu
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }
served=$(as_root sh -c 'cat /var/lib/homeport/*/serves' 2>/dev/null | cut -d' ' -f2) || served=
docker ps --all --no-trunc --filter "label=homeport.owner=$1" --format 'container {{.ID}} {{.Names}}' | while read -r line; do
  printf '%s\n' "$served" | grep -qxF "${line##* }" || printf '%s\n' "$line"
done
docker network ls --no-trunc --filter "label=homeport.owner=$1" --format 'network {{.ID}} {{.Name}}'
