# shellcheck shell=bash
# Describes an image on a server, as JSON in one line: who it runs as, what it starts, its ports and volumes. Read by `bash -s` from stdin; behind the last line
# stand the names of the server and the image, the owner's label, the user of app.user or -, and the user instead of root. Changes nothing.
# prepend: machine/scripts/say.sh
set -euo pipefail
export LC_ALL=C

# The third field of the line in /etc/passwd or /etc/group, on stdin, whose first is $1; of /etc/passwd also the fourth.
entry() { awk -F: -v name="$1" '$1 == name { print $3 " " $4; exit }'; }

# A file of the image, without starting it.
file_of_image() { docker cp "$BOX:$1" - 2>/dev/null | tar -xO 2>/dev/null || true; }

# Sets USER_ID and GROUP_ID from `NAME[:GROUP]`, each a name or a number.
resolve() {
  local user=${1%%:*} group=
  case $1 in *:*) group=${1#*:} ;; esac
  USER_ID=$user GROUP_ID=$group
  case $user in
    *[!0-9]*)
      read -r USER_ID primary <<<"$(file_of_image /etc/passwd | entry "$user")" || true
      [ -n "${USER_ID:-}" ] || fail "the image $IMAGE has no user $user in its /etc/passwd: correct app.user, or USER in the Dockerfile"
      [ -n "$group" ] || GROUP_ID=$primary
      ;;
    *) [ -n "$group" ] || GROUP_ID=$(file_of_image /etc/passwd | awk -F: -v id="$user" '$3 == id { print $4; exit }') ;;
  esac
  case $GROUP_ID in
    '') GROUP_ID=$USER_ID ;;
    *[!0-9]*)
      read -r GROUP_ID _ <<<"$(file_of_image /etc/group | entry "$group")" || true
      [ -n "${GROUP_ID:-}" ] || fail "the image $IMAGE has no group $group in its /etc/group: correct app.user, or USER in the Dockerfile"
      ;;
  esac
}

main() {
  local own
  read -r SERVER
  read -r IMAGE
  read -r OWNER
  read -r ASKED
  read -r INSTEAD
  own=$(docker image inspect --format '{{.Config.User}}' "$IMAGE") ||
    fail "$SERVER has no image $IMAGE: run 'npm run recover', which sends it again"
  if [ "$ASKED" = - ]; then
    ASKED=$own
    case $own in
      '' | root | 0 | root:* | 0:*) ASKED=$INSTEAD ;;
    esac
  fi
  # Created, never started: its files can be read.
  BOX=$(docker create --label "homeport.owner=$OWNER" --label homeport.role=look --network none --entrypoint /none "$IMAGE" none)
  trap 'docker rm --force --volumes "$BOX" >/dev/null' EXIT
  resolve "$ASKED"
  docker image inspect --format \
    "{\"user\":\"$USER_ID:$GROUP_ID\",\"entrypoint\":{{json .Config.Entrypoint}},\"command\":{{json .Config.Cmd}},\"ports\":{{json .Config.ExposedPorts}},\"volumes\":{{json .Config.Volumes}}}" \
    "$IMAGE"
}

main; exit
