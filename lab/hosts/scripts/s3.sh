# An object storage as a provider runs one: the Versity S3 gateway over a directory, by HTTPS, with one bucket. Anyone may read what
# begins with PUBLIC there; everything else is for who has the keys. Parameters: NAME, BUCKET, REGION, PUBLIC, ACCESS_KEY, SECRET_KEY.
# Safe to repeat. /opt/homeport-lab has the program versitygw, service.pem, service.key and authority.pem before.

objects=/var/lib/homeport-lab/objects
# Beside the objects, because not every file system of an engine keeps extended attributes.
notes=/var/lib/homeport-lab/notes
mkdir -p "$objects" "$notes"

printf 'ROOT_ACCESS_KEY=%s\nROOT_SECRET_KEY=%s\n' "$ACCESS_KEY" "$SECRET_KEY" | write /etc/homeport-lab/s3 0600
cat <<EOF | write /etc/systemd/system/homeport-lab-s3.service 0644
[Unit]
Description=Homeport lab: the object storage
After=network.target homeport-lab-network.service

[Service]
EnvironmentFile=/etc/homeport-lab/s3
ExecStart=/opt/homeport-lab/versitygw --port :443 --cert /opt/homeport-lab/service.pem --key /opt/homeport-lab/service.key \\
  --region $REGION --quiet posix --sidecar $notes $objects
Restart=on-failure

[Install]
WantedBy=multi-user.target
EOF

systemctl daemon-reload
systemctl enable -q homeport-lab-s3.service
systemctl restart homeport-lab-s3.service

ask() { # method path body: as the bucket's owner, whose keys stand in no command line; the answer's status is printed
  digest=$(printf '%s' "$3" | sha256sum | cut -d ' ' -f 1)
  printf 'user = "%s:%s"\n' "$ACCESS_KEY" "$SECRET_KEY" |
    curl --config - --silent --show-error --cacert /opt/homeport-lab/authority.pem --resolve "$NAME:443:127.0.0.1" \
      --retry 20 --retry-connrefused --retry-delay 1 --aws-sigv4 "aws:amz:$REGION:s3" --header "x-amz-content-sha256: $digest" \
      --request "$1" --data-binary "$3" --output /run/homeport-lab-s3 --write-out '%{http_code}' "https://$NAME$2"
}
expect() { # what status... : the last is the one that came
  for status in $2; do [ "$status" = "$3" ] && return 0; done
  echo "the object storage answered $3 to $1: $(cat /run/homeport-lab-s3)" >&2
  return 1
}
# 409: it is there.
expect "the bucket" "200 409" "$(ask PUT "/$BUCKET" "")"
policy=$(
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",'
  printf '"Resource":"arn:aws:s3:::%s/%s*"}]}' "$BUCKET" "$PUBLIC"
)
expect "the bucket's policy" "200 204" "$(ask PUT "/$BUCKET?policy=" "$policy")"
