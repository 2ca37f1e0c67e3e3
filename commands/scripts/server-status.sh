# shellcheck shell=sh
# What a person asks about a server: APP. Reads only.
app=$1
echo "containers:"
docker ps --all --filter "label=homeport.app=$app" --format '  {{.Names}}: {{.Status}}'
docker ps --all --filter label=homeport.config --format '  {{.Names}}: {{.Status}}'
echo "certificates:"
sed 's/^/  /' "/run/homeport/certificate-$app.status" 2>/dev/null || echo "  nothing is known yet"
echo "data: $(docker volume inspect --format '{{.Mountpoint}}' "$app-data" 2>/dev/null || echo none yet)"
