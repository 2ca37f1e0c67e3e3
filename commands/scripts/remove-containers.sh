# shellcheck shell=sh
# Removes its arguments, each `container ID` or `network ID`. Containers first: a network in use cannot be removed.
set -eu
for one; do
  case $one in
    container\ * | network\ *) ;;
    *)
      printf 'homeport: "%s" is neither a container nor a network; nothing was removed: this is a bug in Homeport\n' "$one" >&2
      exit 1
      ;;
  esac
done
for one; do
  case $one in container\ *) docker rm --force "${one#* }" >/dev/null ;; esac
done
for one; do
  case $one in network\ *) docker network rm "${one#* }" >/dev/null ;; esac
done
