# shellcheck shell=sh
# Lists a stack's containers and networks on this engine, a line each: OWNER. Reads only. A container that the current route names is left out: it serves,
# whatever the state says.
set -eu
# Without root, fail: the list would include what serves.
# shellcheck disable=SC2016  # for the shell of root
served=$(as_root sh -c 'for file in /var/lib/homeport/*/serves; do [ ! -f "$file" ] || cat "$file"; done')
served=$(printf '%s\n' "$served" | cut -d' ' -f2)
containers=$(docker ps --all --no-trunc --filter "label=homeport.owner=$1" --format 'container {{.ID}} {{.Names}}')
printf '%s\n' "$containers" | while read -r line; do
  [ -n "$line" ] || continue
  printf '%s\n' "$served" | grep -qxF -e "${line##* }" || printf '%s\n' "$line"
done
docker network ls --no-trunc --filter "label=homeport.owner=$1" --format 'network {{.ID}} {{.Name}}'
