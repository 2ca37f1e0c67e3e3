# shellcheck shell=sh
# Brings an image to the server's engine without a registry.
# Parameters by environment: IMAGE, PULL (yes: the server may fetch it from its registry), TARGET (user@host), PORT, SSH_OPTIONS (a line each).
set -eu
IFS='
'
remote() {
  # shellcheck disable=SC2086,SC2029  # an option a line; the command is put together here on purpose
  ssh $SSH_OPTIONS -p "$PORT" "$TARGET" "$@"
}

here=$(docker image inspect --format '{{.Id}}' "$IMAGE" 2>/dev/null) || here=none
there=$(remote docker image inspect --format '{{.Id}}' "'$IMAGE'" 2>/dev/null) || there=none
if [ "$there" != none ] && { [ "$here" = "$there" ] || [ "$PULL" = yes ]; }; then
  echo "$TARGET has $IMAGE"
  exit 0
fi

if [ "$PULL" = yes ]; then
  engine=$(remote docker version --format "'{{.Server.Os}}/{{.Server.Arch}}'")
  ours=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$IMAGE" 2>/dev/null) || ours=none
  if [ "$ours" != "$engine" ]; then
    echo "$TARGET pulls $IMAGE"
    remote docker pull --quiet "'$IMAGE'" >/dev/null
    exit 0
  fi
fi

[ "$here" != none ] || {
  echo "homeport: the workstation's engine has no image $IMAGE: it should have been built just before" >&2
  exit 1
}
echo "sending $IMAGE to $TARGET"
docker save "$IMAGE" | gzip -1 | remote 'gunzip | docker load --quiet'
# A stream that was cut off may have been taken without a word.
remote docker image inspect --format '{{.Id}}' "'$IMAGE'" >/dev/null || {
  echo "homeport: $IMAGE did not arrive at $TARGET: see the lines above, and look for room on its disk" >&2
  exit 1
}
