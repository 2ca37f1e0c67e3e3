# shellcheck shell=sh
# Removes what stands in the arguments, `container ID` or `network ID` each. Containers go first: a network that is in use cannot go.
set -eu
for one; do
  case $one in container\ *) docker rm --force "${one#* }" >/dev/null ;; esac
done
for one; do
  case $one in network\ *) docker network rm "${one#* }" >/dev/null ;; esac
done
