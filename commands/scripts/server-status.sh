# shellcheck shell=sh
# The status of a site's machine: APP PART..., each part a function here. Reads only.
app=$1
shift
containers() {
  echo "containers:"
  docker ps --all --filter "label=homeport.app=$app" --format '  {{.Names}}: {{.Status}}'
  docker ps --all --filter label=homeport.config --format '  {{.Names}}: {{.Status}}'
}
certificates() {
  echo "certificates:"
  sed 's/^/  /' "/run/homeport/certificate-$app.status" 2>/dev/null || echo "  not known yet"
}
data() {
  echo "data: $(docker volume inspect --format '{{.Mountpoint}}' "$app-data" 2>/dev/null || echo none yet)"
}
for part; do "$part"; done
