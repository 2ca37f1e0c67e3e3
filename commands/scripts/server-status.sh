# shellcheck shell=sh
# The status of a site's machine: APP PART..., each part a function here. Reads only. A line `problem: ...` says what is wrong.
app=$1
shift
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi; }

# A container as Docker describes it: NAME STATUS...; what does not run is a problem.
tell() {
  while read -r name state; do
    case $state in
      *unhealthy* | Restarting* | Created* | Dead* | Paused*) echo "problem: the container $name is $state: see 'npm run logs', then run 'pulumi up --refresh'" ;;
      Exited*) [ "$1" = may-end ] || echo "problem: the container $name has ended ($state): 'pulumi up --refresh' recreates it" ;;
    esac
    echo "  $name: $state"
  done
}

containers() {
  echo "containers:"
  all=$(docker ps --all --filter "label=homeport.app=$app" --format '{{.Names}} {{.Label "homeport.role"}} {{.Status}}') || {
    echo "problem: Docker does not answer: see 'systemctl status docker' there"
    return
  }
  printf '%s\n' "$all" | awk '$2 == "release" { sub(" release", ""); print }' | tell may-end
  printf '%s\n' "$all" | awk 'NF && $2 != "release" { $2 = ""; sub("  ", " "); print }' | tell runs
  docker ps --all --filter label=homeport.config --format '{{.Names}} {{.Status}}' | tell runs
  # What the route names and Docker no longer has.
  # shellcheck disable=SC2016  # for the shell of root
  as_root sh -c 'for file in /var/lib/homeport/*/serves; do [ ! -f "$file" ] || cat "$file"; done' 2>/dev/null | sed -n "s/^$app //p" |
    while read -r name; do
      printf '%s\n' "$all" | grep -q "^$name " ||
        echo "problem: the container $name that serves $app is gone: 'pulumi up --refresh' recreates it"
    done
}
certificates() {
  echo "certificates:"
  sed 's/^/  /' "/run/homeport/certificate-$app.status" 2>/dev/null || echo "  not known yet"
}
data() {
  echo "data: $(docker volume inspect --format '{{.Mountpoint}}' "$app-data" 2>/dev/null || echo none yet)"
}
for part; do "$part"; done
