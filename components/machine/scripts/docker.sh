# shellcheck shell=bash
# What a bundle has in the host's Docker: containers, networks and volumes. Read-only.

# Time for an answer of Docker; one that hangs must not hang whoever looks.
DOCKER_SECONDS=20

# NAME of each container of ours -> what `docker inspect` says of it, from the newest on in CONTAINERS.
CONTAINERS=()
declare -A INSPECTED=()
DOCKER_SEEN=

# Looks once for all bundles; fails where Docker does not answer.
see_docker() {
  local line name format all
  if [ -n "$DOCKER_SEEN" ]; then [ "$DOCKER_SEEN" = yes ]; return; fi
  DOCKER_SEEN=no
  # Name, state, health; then what can be changed of a container that exists; then what its label declares.
  # shellcheck disable=SC2016  # variables of the template
  format='{{slice .Name 1}} {{.State.Status}} {{with .State.Health}}{{.Status}}{{else}}-{{end}} {{.HostConfig.NanoCPUs}}{{.HostConfig.CPUQuota}}{{.HostConfig.CPUShares}}{{.HostConfig.CpusetCpus}} {{.HostConfig.Memory}} {{or .HostConfig.RestartPolicy.Name "no"}} ={{range $name, $_ := .NetworkSettings.Networks}}{{$name}},{{end}} {{.Config.Image}} {{.ID}} {{index .Config.Labels "homeport.settings"}}'
  # Twice: one can go away in between, and what is not described must not count as missing.
  all=$(inspect_all "$format") || all=$(inspect_all "$format") || return
  while read -r name line; do
    [ -n "$name" ] || continue
    CONTAINERS+=("$name")
    INSPECTED[$name]=$line
  done <<<"$all"
  DOCKER_SEEN=yes
}

inspect_all() {
  local ids
  ids=$(timeout "$DOCKER_SECONDS" docker ps -aq --filter label=homeport.owner) || return
  # shellcheck disable=SC2086  # an id a word
  [ -z "$ids" ] || timeout "$DOCKER_SECONDS" docker inspect --type container --format "$1" $ids
}

# The name of the resource behind a name that the provider has completed: NAME-1a2b3c4.
resource_of() { if [[ $1 =~ ^(.+)-[0-9a-f]{7}$ ]]; then say "${BASH_REMATCH[1]}"; else say "$1"; fi; }

# The newest container of a resource; nothing where there is none.
newest_of() {
  local name
  for name in "${CONTAINERS[@]}"; do
    [ "$(resource_of "$name")" != "$1" ] || { say "$name"; return; }
  done
}

# What is wrong with a container: `well`, or a sentence without its subject.
condition_of() {
  local state health processor memory restart networks image _ declared_memory declared_restart declared_networks declared_image
  read -r state health processor memory restart networks image _ declared_memory declared_restart declared_networks declared_image <<<"${INSPECTED[$1]}"
  if [ "$state" != running ]; then say "is $state"
  elif [ "$health" = unhealthy ]; then say "is unhealthy"
  # From before the label, or of a version without it.
  elif [ -z "$declared_image" ]; then say well
  elif [ "$image" != "$declared_image" ]; then say "runs the image $image, declared $declared_image"
  elif [ "$memory" != $((declared_memory * 1048576)) ]; then say "has $((memory / 1048576)) MB of memory, declared $declared_memory"
  elif [ "$restart" != "$declared_restart" ]; then say "restarts '$restart', declared '$declared_restart'"
  elif [ "$networks" != "=$declared_networks," ]; then say "is not in the networks declared ($declared_networks)"
  elif [ "$processor" != 000 ]; then say "has a limit of processor time that nobody declared"
  else say well; fi
}

# Reports the things of a bundle. What is missing altogether has drifted as files do: images and volumes are then made again as well.
compare_things() {
  local owner kind name
  [ -s "$HOME_OF/serves" ] || [ -s "$HOME_OF/things" ] || return 0
  see_docker 2>/dev/null || return 0
  owner=$(cat "$HOME_OF/owner")
  if [ -f "$HOME_OF/serves" ]; then
    while read -r _ name; do report_container "$owner" "$(resource_of "$name")" "$name"; done <"$HOME_OF/serves"
  fi
  [ -f "$HOME_OF/things" ] || return 0
  while read -r kind name; do
    case $kind in
      container) report_container "$owner" "$name" "$(newest_of "$name")" ;;
      network) report_named "$owner" network "$name" "$(docker network ls --format '{{.Name}}' 2>/dev/null)" ;;
      volume) report_named "$owner" volume "$name" "$(docker volume ls --format '{{.Name}}' 2>/dev/null)" ;;
    esac
  done <"$HOME_OF/things"
}

# OWNER RESOURCE NAME, NAME is empty where the resource has no container.
report_container() {
  local owner=$1 resource=$2 name=${3:-} image
  if [ -z "$name" ] || [ -z "${INSPECTED[$name]:-}" ]; then
    say "found the container ${name:-$resource} is missing"
    say "fact thing $owner container $resource ${name:-$resource} is missing"
    return
  fi
  read -r _ _ _ _ _ _ image _ <<<"${INSPECTED[$name]}"
  docker image inspect --format ok "$image" >/dev/null 2>&1 || say "found the image $image of the container $name is missing"
  say "fact thing $owner container $resource $name $(condition_of "$name")"
}

# OWNER KIND RESOURCE LIST
report_named() {
  local name
  while read -r name; do
    [ "$(resource_of "$name")" = "$3" ] || [ "$name" = "$3" ] || continue
    say "fact thing $1 $2 $3 $name well"
    return
  done <<<"$4"
  say "found the $2 $3 is missing"
  say "fact thing $1 $2 $3 $3 is missing"
}
