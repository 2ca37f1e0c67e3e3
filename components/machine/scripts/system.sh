# shellcheck shell=bash
# Packages, groups, and the conditions before and after a change.

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }

# Missing packages, one per line. A trailing ? means: only where the distribution has it. (Debian 13's docker.io merely recommends its client,
# docker-cli, which Debian 12 and Ubuntu do not have.)
missing_packages() {
  local name
  for name in "${PACKAGES[@]}"; do
    ! installed "${name%\?}" || continue
    # For a virtual package, such as docker-cli on Ubuntu, apt-cache prints nothing and succeeds.
    case $name in *\?) [ -n "$(apt-cache show "${name%\?}" 2>/dev/null)" ] || continue ;; esac
    say "${name%\?}"
  done
}

install_packages() {
  local missing
  [ -n "$(missing_packages)" ] || return 0
  patiently "reading the package lists" apt_get update -qq ||
    apt_failed "apt-get update failed: see the lines above; check the host's network and clock"
  # Again: the lists may name packages that were unknown before.
  mapfile -t missing < <(missing_packages)
  say "installing packages: ${missing[*]}"
  printf '%s\n' "${missing[@]}" >>"$HOME_OF/packages"
  patiently "installing packages" apt_get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" ||
    apt_failed "apt-get could not install: ${missing[*]}"
}

note_packages() {
  local name stay=()
  [ -f "$HOME_OF/packages" ] || return 0
  while read -r name; do ! installed "$name" || stay+=("$name"); done < <(sort -u "$HOME_OF/packages")
  [ ${#stay[@]} -eq 0 ] || NOTES+=("packages that were installed stay: ${stay[*]}")
}

# Runs apt-get, and retries while another program holds one of its locks: DPkg::Lock::Timeout does not wait for the lock of the lists (apt 2.6), and
# flock(1) does not see apt's locks.
apt_get() {
  local deadline=$((SECONDS + APT_SECONDS)) reported=
  until apt-get "$@" </dev/null >"$WORK/apt.log" 2>&1; do
    if [ -z "$(apt_lock)" ] || [ "$SECONDS" -ge "$deadline" ]; then return 1; fi
    [ -n "$reported" ] || say "another program is changing this host's packages, waiting up to ${APT_SECONDS} s: $(apt_lock)"
    reported=yes
    sleep "$APT_RETRY_SECONDS"
  done
}

# The lock that the last apt-get failed to get and who holds it, in apt's words; empty if it failed for another reason.
apt_lock() { sed -n '/^E: Could not get lock / { s///p; q; }' "$WORK/apt.log"; }

apt_failed() {
  local lock
  lock=$(apt_lock)
  [ -z "$lock" ] || fail "another program is still changing this host's packages after ${APT_SECONDS} s: wait for it, then run 'pulumi up' again. $lock"
  tail -n 20 "$WORK/apt.log" >&2 || true
  fail "$1"
}

join_groups() {
  local entry group user groups
  for entry in "${GROUPS_OF[@]}"; do
    read -r group user <<<"$entry"
    groups=$(id -nG "$user") || fail "user $user does not exist and cannot join the group $group: correct 'user' in the settings"
    case " $groups " in *" $group "*) continue ;; esac
    say "adding user $user to group $group"
    printf '%s %s\n' "$group" "$user" >>"$HOME_OF/groups"
    usermod -aG "$group" "$user"
  done
}

# Waits until the command in a file succeeds; fails after CHECK_SECONDS with the last lines it wrote. One that wrote nothing, such as `test`, is traced:
# that shows the value found beside the value expected.
await() {
  patiently "waiting until $1" try_until $((SECONDS + CHECK_SECONDS)) succeeds "$2" || {
    [ -s "$WORK/out" ] || bash -eux "$2" >"$WORK/out" 2>&1 </dev/null || true
    tail -n 5 "$WORK/out" >&2 || true
    fail "check still fails after ${CHECK_SECONDS} s: $1. The lines above show what it found: fix that on the host, or stop what undoes it there, then run 'pulumi up' again"
  }
  say "ok: $1"
}

succeeds() { bash -eu "$1" >"$WORK/out" 2>&1 </dev/null; }

await_needs() {
  local i
  for i in "${!NEEDS[@]}"; do await "${NEEDS[$i]}" "$WORK/need.$i"; done
}

# A container whose creation failed can be on the host and in no state. The one that serves and its predecessor stay: the deploy deletes the latter
# itself once nothing depends on it.
sweep_containers() {
  local app name served=$HOME_OF/serves
  [ ${#SERVES[@]} -gt 0 ] || return 0
  [ ${#CHANGED[@]} -eq 0 ] || sleep "$DRAIN_SECONDS"
  printf '%s\n' "${SERVES[@]}" >"$served.new"
  cut -d' ' -f1 "$served.new" | sort -u | while read -r app; do
    {
      docker ps -a --filter "label=homeport.app=$app" --filter label=homeport.role=web --format '{{.Names}}'
      docker ps -a --filter "label=homeport.app=$app" --filter label=homeport.role=process --format '{{.Names}}'
    } | while read -r name; do
      if has_line "$app $name" "$served.new" || has_line "$app $name" "$served"; then continue; fi
      say "removing container $name, left by a failed deploy"
      docker rm -f "$name" >/dev/null
    done
    sweep_images "$app"
  done
  mv "$served.new" "$served"
}

# Every deploy leaves an image with the application's name. Keep the two newest and those that containers name: Docker would untag an image that
# another application shares.
sweep_images() {
  local image
  docker ps -a --format '{{.Image}}' >"$WORK/images"
  docker image ls --filter "reference=$1" --format '{{.Repository}}:{{.Tag}}' | tail -n +3 | while read -r image; do
    ! has_line "$image" "$WORK/images" || continue
    docker image rm "$image" >/dev/null 2>&1 || continue
    say "removed the old image $image"
  done
}
