# shellcheck shell=sh
# Lists the containers and networks that a stack has made on this engine, a line each: OWNER. Reads only.
set -eu
docker ps --all --no-trunc --filter "label=homeport.owner=$1" --format 'container {{.ID}} {{.Names}}'
docker network ls --no-trunc --filter "label=homeport.owner=$1" --format 'network {{.ID}} {{.Name}}'
