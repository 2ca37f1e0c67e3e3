# shellcheck shell=sh
# Removes what stands in the arguments, `container ID` or `network ID` each. Containers go first: a network that is in use cannot go.
set -eu
for one; do
  case $one in
    container\ * | network\ *) ;;
    *)
      printf 'homeport: "%s" is neither a container nor a network, and nothing was removed: this is a fault of the program\n' "$one" >&2
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
