# shellcheck shell=sh
# Sends an image to the server's engine without a registry, with only the layers that the server lacks.
# Runs on the workstation, Linux or macOS; what `remote` gets runs on the server, Linux.
# Parameters by environment: IMAGE, PULL (yes: the server may fetch it from its registry), HOST (the server's name), TARGET (user@host), PORT,
# SSH_OPTIONS (a line each).
# prepend: machine/scripts/say.sh
set -eu
IFS='
'
# Seconds between two progress messages of a long step.
PROGRESS=10

# The image's name as the server's shell reads it back.
QUOTED="'$(say "$IMAGE" | sed "s/'/'\\\\''/g")'"

# What both engines report of an image: the digests of its layers, from the lowest on.
LAYERS='{{range .RootFS.Layers}} {{.}}{{end}}'
# Queries to the server, a line of output each: the image's id, the engine's image store, whether it has zstd, the layers of every image.
QUESTIONS="docker image inspect --format 'id {{.Id}}' $QUOTED
docker info --format 'store {{.Driver}} {{.DriverStatus}}'
if zstd --version >/dev/null; then echo 'zstd yes'; fi
docker image ls --all --quiet --no-trunc | sort -u | xargs -r docker image inspect --format 'layers$LAYERS'"

work='' reporter='' said=''

cleanup() {
  [ -z "$reporter" ] || kill "$reporter" 2>/dev/null || true
  [ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
# Not every shell runs the EXIT trap on a signal.
trap 'exit 1' HUP INT TERM

# In sh and on one line, because the login shell may be fish or csh.
remote() {
  words=$(say "$1" | sed "s/'/'\\\\''/g" | paste -s -d ';' -)
  # shellcheck disable=SC2086,SC2029  # an option a line; the command is put together here on purpose
  ssh $SSH_OPTIONS -p "$PORT" "$TARGET" "exec sh -c '$words'"
}

report_progress() {
  seconds=0
  # A sleep that inherits our output keeps its reader, Pulumi's plugin, waiting after we exit.
  while sleep "$PROGRESS" >/dev/null 2>&1; do
    seconds=$((seconds + PROGRESS))
    say "$1, $seconds s so far"
  done
}

# $1: the progress message of a step; then the step. $said: its output, $code: its exit code.
during() {
  say "$1"
  report_progress "$1" &
  reporter=$!
  shift
  code=0
  said=$("$@" 2>&1) || code=$?
  # Some shells print a line about a killed job.
  { kill "$reporter" && wait "$reporter"; } 2>/dev/null || true
  reporter=''
  return "$code"
}

refused() {
  say "$said" >&2
  case $said in
    *'no space left on device'*)
      # shellcheck disable=SC2016  # for the server's shell
      free=$(remote 'df -h --output=avail "$(docker info --format "{{.DockerRootDir}}")" | tail -n 1 | tr -d " "') || free=unknown
      fail "$HOST has no room for the image $IMAGE (free: $free; needed for a while: about twice its size)." \
        "Free space on its disk ('docker image prune -a' removes images that no container uses) and run 'pulumi up' again" ;;
  esac
  fail "$HOST could not take the image $IMAGE: see the lines above; then run 'pulumi up' again"
}

answer() { say "$answers" | sed -n "s/^$1 //p"; }

# True of Docker's own store, as `docker info` describes it. Only there may an archive lack layers that the engine has (moby/moby, image/tarexport/load.go), and
# is an image's id the digest of its configuration: not with containerd's store, nor with Podman, whose driver is "overlay".
is_docker_store() {
  case $1 in
    '' | 'overlay '* | *io.containerd.snapshotter*) return 1 ;;
  esac
}

# How many of the image's layers the server has, from the lowest up: an engine identifies a layer by it and all below it, so a layer on other layers does not count.
count_shared() {
  say "$answers" | awk -v ours="$layers" '
    BEGIN { total = split(ours, own, " ") }
    $1 == "layers" { n = 0; while (n < total && $(n + 2) == own[n + 1]) n++; if (n > most) most = n }
    END { print most + 0 }'
}

# The files of the image's archive that the server needs, from its manifest.json on stdin: the configuration, then each layer after the first $shared.
# Old archives have `ID/layer.tar`, since Docker 25 all are `blobs/sha256/DIGEST`; the digest may be that of a compressed layer, so only the place counts.
lacking() {
  awk -v shared="$shared" -v total="$total" '
    { text = text $0 }
    END {
      if (split(text, after, "\"Config\":\"") != 2) exit 1
      config = after[2]; sub(/".*/, "", config); print config
      if (split(text, after, "\"Layers\":\\[") != 2) exit 1
      list = after[2]; sub(/\].*/, "", list); gsub(/"/, "", list)
      if (split(list, files, ",") != total) exit 1
      for (i = shared + 1; i <= total; i++) if (!(files[i] in seen)) { seen[files[i]] = 1; print files[i] }
    }'
}

# Creates the archive of what the server lacks, $work/part.tar.
take_apart() {
  mkdir "$work/image" && docker save "$IMAGE" | tar -xf - -C "$work/image" && cd "$work/image" || return
  lacking <manifest.json >"$work/files" || {
    say "its manifest.json has an unexpected format"
    return 1
  }
  # File names, no patterns. All of this runs in a subshell.
  set -f
  # -h: of two equal layers the second may be a link to the first (before Docker 25), which the server may have. The variable keeps macOS from adding files.
  # shellcheck disable=SC2046  # a file a line
  COPYFILE_DISABLE=1 tar -chf "$work/part.tar" manifest.json $(cat "$work/files")
}

squeeze() { if [ "$zstd" = yes ]; then zstd -q -T0; else gzip -1; fi; }

load() { squeeze | if [ "$zstd" = yes ]; then remote 'zstd -q -d | docker load --quiet'; else remote 'gunzip | docker load --quiet'; fi; }

send_part() { load <&3; }

send() { docker save "$IMAGE" | load; }

pull() { remote "docker pull --quiet $QUOTED"; }

# True when the server's image has the id $1, or, where $2 is "layers", the same layers. An engine may accept a truncated stream silently.
arrived() {
  there=$(remote "docker image inspect --format '{{.Id}}$LAYERS' $QUOTED" 2>/dev/null) || return
  there=$(say "$there" | tail -n 1)
  [ "${there%% *}" = "$1" ] || { [ "$2" = layers ] && [ "${there#* }" = "$layers" ]; }
}

size() { if [ "$1" -ge 1000000 ]; then echo "$(($1 / 1000000)) MB"; else echo "$(($1 / 1000)) kB"; fi; }

# Sends what the server lacks; where that fails it says so, and the whole image has to be sent.
ship_part() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/homeport-image.XXXXXX") || return
  during "looking for what $HOST lacks of $IMAGE" take_apart || {
    say "$IMAGE cannot be taken apart here: $said"
    return 1
  }
  id=sha256:$(sed -n '1s/\.json$//; 1s|.*/||; 1p' "$work/files")
  part=$(($(wc -c <"$work/part.tar")))
  # Deleted while open: it can be read, and nothing is left however this exits.
  exec 3<"$work/part.tar"
  rm -rf "$work"
  if during "sending $((total - shared)) of $total layers of $IMAGE ($(size "$part") before compression) to $HOST" send_part; then
    arrived "$id" id && return
    said="it now has another image of that name"
  fi
  case $code:$said in
    # ssh's own failure; and what does not fit in part will not fit whole.
    255:* | *'no space left on device'*) refused ;;
  esac
  say "$HOST refused a partial archive of $IMAGE: $said"
  return 1
}

answers=$(remote "$QUESTIONS" 2>/dev/null) || true
there=$(answer id)
ours=$(docker image inspect --format "{{.Id}}$LAYERS" "$IMAGE" 2>/dev/null) || ours=''
here=${ours%% *} layers=${ours#* }
if [ -n "$there" ] && { [ "$here" = "$there" ] || [ "$PULL" = yes ]; }; then
  say "$HOST has $IMAGE"
  exit 0
fi

if [ "$PULL" = yes ]; then
  engine=$(remote "docker version --format '{{.Server.Os}}/{{.Server.Arch}}'" | tail -n 1)
  platform=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$IMAGE" 2>/dev/null) || platform=none
  # An archive has no names with digests.
  case $IMAGE in *@*) platform=none ;; esac
  if [ "$platform" != "$engine" ]; then
    during "$HOST pulls $IMAGE" pull || refused
    exit 0
  fi
fi

[ -n "$here" ] ||
  fail "the workstation's engine has no image $IMAGE: it should have been built just before"
zstd=$(answer zstd)
zstd --version >/dev/null 2>&1 || zstd=no
store=$(answer store)
total=$(say "$layers" | awk '{ print NF }')
shared=$(count_shared)

if is_docker_store "$store"; then
  if [ "$shared" -gt 0 ] && ship_part; then exit 0; fi
elif [ -n "$store" ]; then
  say "$HOST's engine accepts only whole images"
fi
bytes=$(docker image inspect --format '{{.Size}}' "$IMAGE")
during "sending all $total layers of $IMAGE ($(size "$bytes") before compression) to $HOST" send || refused
# Different kinds of store have different ids for an image.
proof=layers
if is_docker_store "$store" && is_docker_store "$(docker info --format '{{.Driver}} {{.DriverStatus}}')"; then proof=id; fi
arrived "$here" "$proof" ||
  fail "$IMAGE did not arrive at $HOST: see the lines above, and check the free space on its disk"
