# Authoritative for the lab's domain and resolver for everything else, by Unbound; beside it the server for the DNS
# provider's API, which writes the zone. Parameters: DOMAIN, ADDRESS, ZONE_ID, SERVICES: lines of name and address of what is no
# part of the domain. Safe to repeat.
# /opt/homeport-lab/cloudflare-api.js is put there before.

printf "DOMAIN='%s'\nADDRESS='%s'\nZONE_ID='%s'\n" "$DOMAIN" "$ADDRESS" "$ZONE_ID" | write /etc/homeport-lab/cloudflare-api 0644
mkdir -p /var/lib/homeport-lab

cat <<EOF | write /etc/unbound/unbound.conf.d/homeport-lab.conf 0644
server:
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  do-ip6: no
  # The zone has no signatures, and a machine's own resolver often does not pass them on.
  module-config: "iterator"
  do-not-query-localhost: no
  # Unbound answers for .test itself (RFC 6761) unless told otherwise.
  local-zone: "test." nodefault
  # A record that was asked for too early must not stay missing.
  cache-max-negative-ttl: 1
  # The lab's addresses are private or documentation networks.
  unblock-lan-zones: yes
$(printf '%s\n' "$SERVICES" | sed -n 's/^\([^ ]*\) \([^ ]*\)$/  local-data: "\1. 300 IN A \2"/p')
auth-zone:
  name: "$DOMAIN."
  zonefile: /var/lib/homeport-lab/zone
  for-downstream: yes
  for-upstream: yes
  fallback-enabled: no
forward-zone:
  name: "."
  # Docker's resolver in this container, which asks whom the machine asks.
  forward-addr: 127.0.0.11
remote-control:
  control-enable: yes
  control-interface: /run/unbound.ctl
EOF
# Debian's own file switches on validation, which a resolver behind another cannot rely on.
rm -f /etc/unbound/unbound.conf.d/root-auto-trust-anchor-file.conf

cat <<'EOF' | write /etc/systemd/system/homeport-lab-cloudflare-api.service 0644
[Unit]
Description=Homeport lab: the part of the Cloudflare API that the program uses
Before=unbound.service

[Service]
EnvironmentFile=/etc/homeport-lab/cloudflare-api
ExecStart=/usr/bin/node /opt/homeport-lab/cloudflare-api.js
# Unbound starts after this one and does not start without a zone.
ExecStartPost=/bin/sh -c 'until [ -s /var/lib/homeport-lab/zone ]; do sleep 0.1; done'
TimeoutStartSec=20
Restart=on-failure

[Install]
WantedBy=multi-user.target
EOF

systemctl daemon-reload
systemctl enable -q homeport-lab-cloudflare-api.service unbound.service
systemctl restart homeport-lab-cloudflare-api.service
systemctl restart unbound.service
