# shellcheck shell=bash
# Makes the volumes of an application on a server: each has what the image has at its path, and belongs to the user of the containers. Read by `bash -s VERB` from
# stdin, as root; behind the last line stand the names of the application, the server, the image and the stack, the user, `keep` or `delete`, and the
# server's revision, then a line for each volume: NAME PATH.
# prepend: machine/scripts/say.sh
set -euo pipefail
export LC_ALL=C

# Docker fills a volume from the image, and gives it the owner of the directory there, each time a container is created and as long as it is empty. With this
# file in it, it is not.
MARK=.homeport-volume

mountpoint() { docker volume inspect --format '{{.Mountpoint}}' "$1"; }

# Puts into a new volume what the image has there, without starting it.
fill() {
  local box
  box=$(docker create --label "homeport.owner=$OWNER" --label homeport.role=look --network none --volume "$1:$2" --entrypoint /none "$IMAGE" none)
  docker rm --force --volumes "$box" >/dev/null
}

prepare() {
  local name=$1 path=$2 at owner
  docker volume inspect "$name" >/dev/null 2>&1 ||
    docker volume create --label "homeport.owner=$OWNER" --label "homeport.app=$APP" "$name" >/dev/null
  at=$(mountpoint "$name")
  if [ ! -e "$at/$MARK" ]; then
    [ -n "$(ls -A "$at")" ] || fill "$name" "$path"
    printf 'The volume of %s for %s. This file keeps Docker from changing its owner.\n' "$APP" "$path" >"$at/$MARK"
    chown -R -h "$RUNS_AS" "$at"
    say "the volume $name on $SERVER is for $path and belongs to $RUNS_AS"
  fi
  owner=$(stat -c %u:%g "$at")
  if [ "$owner" != "$RUNS_AS" ]; then
    say "the volume $name on $SERVER belonged to $owner, now to $RUNS_AS"
    chown -R -h "$RUNS_AS" "$at"
  fi
}

main() {
  local name path
  read -r APP
  read -r SERVER
  read -r IMAGE
  read -r OWNER
  read -r RUNS_AS
  read -r KEEP
  read -r _
  while read -r name path; do
    case $1 in
      apply) prepare "$name" "$path" </dev/null ;;
      remove)
        if [ "$KEEP" = delete ]; then
          docker volume rm "$name" >/dev/null 2>&1 || true
        else
          say "the files of $path stay on $SERVER in the Docker volume $name; to delete them for good: docker volume rm $name"
        fi
        ;;
    esac
  done
}

main "$@"; exit
