# shellcheck shell=bash
# Directories and files: compared before they are written, recorded in the bundle's manifest, removed when they leave it.

refuse_other_owner() {
  local owner
  [ -f "$HOME_OF/owner" ] || return 0
  owner=$(cat "$HOME_OF/owner")
  [ "$owner" = "$OWNER" ] || fail "this host's '$NAME' belongs to the stack $owner, not to $OWNER: destroy it there first, or use another host"
}

# The owner stack removes nothing while a guest stack has a site here. A destroy removes the route first, so it stops before anything is lost.
refuse_while_shared() {
  local home guest
  [ "$(cat "$STATE/base/owner" 2>/dev/null)" = "$OWNER" ] || return 0
  for home in "$STATE"/*/; do
    guest=$(cat "$home/owner" 2>/dev/null) || continue
    [ "$guest" = "$OWNER" ] || fail "the site of the stack $guest is on this host: destroy that one first (pulumi destroy --stack ${guest##*/})"
  done
}

# Creates the missing parent directories of a path and records them: a bundle removes only what it created.
make_parents() {
  local directory=${1%/*} missing=()
  until [ -d "$directory" ]; do
    missing=("$directory" "${missing[@]}")
    directory=${directory%/*}
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  printf '%s\n' "${missing[@]}" >>"$HOME_OF/made"
  install -d -m 0755 "${missing[@]}"
}

# Deepest first. A directory with foreign contents stays, and so does one in the spec: a container that has it mounted would keep the removed one and
# never see its successor.
remove_made() {
  local directory
  [ -f "$HOME_OF/made" ] || return 0
  sort -r -u "$HOME_OF/made" | while read -r directory; do
    heads "$directory" "${DIRS[@]}" || rmdir --ignore-fail-on-non-empty "$directory" 2>/dev/null || true
  done
}

make_dirs() {
  local entry path mode owner
  for entry in "${DIRS[@]}"; do
    read -r path mode owner <<<"$entry"
    [ -d "$path" ] && [ "$(stat -c '%a' "$path")" = "${mode#0}" ] && [ "$(stat -c '%u:%g' "$path")" = "$(numeric "$owner")" ] && continue
    make_parents "$path"
    [ -d "$path" ] || printf '%s\n' "$path" >>"$HOME_OF/made"
    install -d -m "$mode" -o "${owner%%:*}" -g "${owner##*:}" "$path"
  done
}

numeric() {
  local user=${1%%:*} group=${1##*:}
  case $user in *[!0-9]*) user=$(id -u "$user") ;; esac
  case $group in *[!0-9]*) group=$(getent group "$group" | cut -d: -f3) ;; esac
  printf '%s:%s' "$user" "$group"
}

# A file's digest, mode and owner, as in the manifest.
describe_file() { [ -f "$1" ] && printf '%s %s' "$(sha256sum <"$1" | cut -d' ' -f1)" "$(stat -c '%a %u:%g' "$1")"; }

changed_files() {
  local i path mode owner action guard wanted
  CHANGED=() GONE=() GUARDED=
  for i in "${!FILES[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    wanted="$(sha256sum <"$WORK/file.$i" | cut -d' ' -f1) ${mode#0} $(numeric "$owner")"
    [ "$(describe_file "$path" || true)" = "$wanted" ] && continue
    CHANGED+=("$i")
    later "$action"
    [ "$guard" != guard ] || GUARDED=1
  done
  [ -f "$HOME_OF/manifest" ] || return 0
  while read -r _ _ _ action guard path; do
    if heads "$path" "${FILES[@]}" || is_taken_over "$path"; then continue; fi
    GONE+=("$path")
    later "$action"
    [ "$guard" != guard ] || GUARDED=1
  done <"$HOME_OF/manifest"
}

# Whether a manifest other than $2 names the path $1.
is_named() {
  local manifest path
  for manifest in "$STATE"/*/manifest; do
    if [ ! -f "$manifest" ] || [ "$manifest" = "${2-}" ]; then continue; fi
    while read -r _ _ _ _ _ path; do [ "$path" != "$1" ] || return 0; done <"$manifest"
  done
  return 1
}

# Whether another bundle owns the file now.
is_taken_over() { is_named "$1" "$HOME_OF/manifest"; }

# Files that the host wrote and the spec no longer names.
remove_leftovers() {
  local path
  [ -f "$HOME_OF/leftovers" ] || return 0
  while read -r path; do
    if among "$path" "${LEFTOVERS[@]}" || heads "$path" "${FILES[@]}" || [ ! -f "$path" ]; then continue; fi
    say "removing $path"
    rm -f "$path"
  done <"$HOME_OF/leftovers"
}

write_files() {
  local i path mode owner action guard
  for i in "${CHANGED[@]}"; do
    read -r path mode owner action guard <<<"${FILES[$i]}"
    say "writing $path"
    make_parents "$path"
    install -m "$mode" -o "${owner%%:*}" -g "${owner##*:}" "$WORK/file.$i" "$path.homeport-new"
    mv -f "$path.homeport-new" "$path"
  done
  for path in "${GONE[@]}"; do
    say "removing $path"
    rm -f "$path"
  done
  remove_made
}

write_manifest() {
  local i path action guard seen
  for i in "${!FILES[@]}"; do
    read -r path _ _ action guard <<<"${FILES[$i]}"
    seen=$(describe_file "$path") || fail "$path disappeared right after it was written: stop the program on this host that removes it, then run 'pulumi up' again"
    printf '%s %s %s %s\n' "$seen" "$action" "$guard" "$path"
  done >"$HOME_OF/manifest.new"
  mv "$HOME_OF/manifest.new" "$HOME_OF/manifest"
  printf '%s\n' "${UNITS[@]}" | sed '/^$/d' >"$HOME_OF/units"
  printf '%s\n' "${LEFTOVERS[@]}" | sed '/^$/d' >"$HOME_OF/leftovers"
  printf '%s\n' "${THINGS[@]}" | sed '/^$/d' >"$HOME_OF/things"
  printf '%s\n' "$OWNER" >"$HOME_OF/owner"
  printf '%s\n' "$REVISION" >"$HOME_OF/revision"
  rm -f "$HOME_OF/todo" "$HOME_OF/reverted"
}
