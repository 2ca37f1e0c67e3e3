# shellcheck shell=bash
# Packages, groups, and what has to be so before or after a change.

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]; }

# Names of packages that are to be installed and are not, one a line. With a ? behind it: only where the distribution has one of that name.
missing_packages() {
  local name
  for name in "${PACKAGES[@]}"; do
    ! installed "${name%\?}" || continue
    # Of a name that other packages provide, such as docker-cli on Ubuntu, apt-cache shows nothing and succeeds.
    case $name in *\?) [ -n "$(apt-cache show "${name%\?}" 2>/dev/null)" ] || continue ;; esac
    say "${name%\?}"
  done
}

install_packages() {
  local missing
  [ -n "$(missing_packages)" ] || return 0
  patiently "reading the package lists" apt_get update -qq ||
    apt_failed "apt-get update failed: see the lines above; check the host's network and clock"
  # Once more: only now is it known what the distribution has.
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

# Runs apt-get, again and again while another program has one of its locks: DPkg::Lock::Timeout does not wait for that of the lists (apt 2.6).
apt_get() {
  local deadline=$((SECONDS + APT_SECONDS)) told=
  until apt-get "$@" </dev/null >"$WORK/apt.log" 2>&1; do
    if [ -z "$(apt_lock)" ] || [ "$SECONDS" -ge "$deadline" ]; then return 1; fi
    [ -n "$told" ] || say "another program is at work on this host's packages, waiting up to ${APT_SECONDS} s: $(apt_lock)"
    told=yes
    sleep "$APT_RETRY_SECONDS"
  done
}

# The lock that apt-get could not get in its last run, and who has it, in its own words; empty where that was not the reason.
apt_lock() { sed -n '/^E: Could not get lock / { s///p; q; }' "$WORK/apt.log"; }

apt_failed() {
  local lock
  lock=$(apt_lock)
  [ -z "$lock" ] || fail "another program is still at work on this host's packages after ${APT_SECONDS} s: let it end, then run 'pulumi up' again. $lock"
  tail -n 20 "$WORK/apt.log" >&2 || true
  fail "$1"
}

join_groups() {
  local entry group user groups
  for entry in "${GROUPS_OF[@]}"; do
    read -r group user <<<"$entry"
    groups=$(id -nG "$user") || fail "there is no user $user to join the group $group: correct 'user' in the settings"
    case " $groups " in *" $group "*) continue ;; esac
    say "user $user joins the group $group"
    printf '%s %s\n' "$group" "$user" >>"$HOME_OF/groups"
    usermod -aG "$group" "$user"
  done
}

# Waits until the command in a file succeeds; fails after CHECK_SECONDS with the last lines it wrote.
await() {
  patiently "waiting until $1" try_until $((SECONDS + CHECK_SECONDS)) succeeds "$2" || {
    tail -n 5 "$WORK/out" >&2 || true
    fail "not so after ${CHECK_SECONDS} s: $1"
  }
  say "ok: $1"
}

succeeds() { bash -eu "$1" >"$WORK/out" 2>&1 </dev/null; }

await_needs() {
  local i
  for i in "${!NEEDS[@]}"; do await "${NEEDS[$i]}" "$WORK/need.$i"; done
}

# A container whose creation failed can be on the host and in no state. The one that serves now and the one that served before stay: the
# latter is deleted by the deploy itself, when nothing depends on it any more.
sweep_containers() {
  local app name served=$HOME_OF/serves
  [ ${#SERVES[@]} -gt 0 ] || return 0
  [ ${#CHANGED[@]} -eq 0 ] || sleep "$DRAIN_SECONDS"
  printf '%s\n' "${SERVES[@]}" >"$served.new"
  cut -d' ' -f1 "$served.new" | sort -u | while read -r app; do
    docker ps -a --filter "label=homeport.app=$app" --filter label=homeport.role=web --format '{{.Names}}' | while read -r name; do
      if has_line "$app $name" "$served.new" || has_line "$app $name" "$served"; then continue; fi
      say "removing container $name, which was never finished"
      docker rm -f "$name" >/dev/null
    done
    sweep_images "$app"
  done
  mv "$served.new" "$served"
}

# Every deploy leaves an image of the application's name. The two newest stay, and those that containers name: Docker would take the name from an
# image that another application shares.
sweep_images() {
  local image
  docker ps -a --format '{{.Image}}' >"$WORK/images"
  docker image ls --filter "reference=$1" --format '{{.Repository}}:{{.Tag}}' | tail -n +3 | while read -r image; do
    ! has_line "$image" "$WORK/images" || continue
    docker image rm "$image" >/dev/null 2>&1 || continue
    say "removed the old image $image"
  done
}
