# The certificate authority: Pebble, which validates on port 80 as Let's Encrypt does and asks the lab's DNS. Its own
# address has a certificate from a small authority made here. Parameters: ADDRESS, DNS. Safe to repeat.
# /opt/homeport-lab/pebble is put there before.

mkdir -p /etc/pebble
cd /etc/pebble
if ! [ -s server.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout ca.key -out ca.pem \
    -subj "/CN=Homeport lab: authority of the ACME server" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.csr -subj "/CN=$ADDRESS" 2>/dev/null
  printf 'subjectAltName=IP:%s,DNS:acme.test\nextendedKeyUsage=serverAuth\n' "$ADDRESS" > server.ext
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile server.ext -out server.new 2>/dev/null
  mv server.new server.pem
fi

cat <<EOF | write /etc/pebble/pebble.json 0644
{
  "pebble": {
    "listenAddress": "0.0.0.0:14000",
    "managementListenAddress": "0.0.0.0:15000",
    "certificate": "/etc/pebble/server.pem",
    "privateKey": "/etc/pebble/server.key",
    "httpPort": 80,
    "tlsPort": 443,
    "ocspResponderURL": "",
    "externalAccountBindingRequired": false,
    "retryAfter": { "authz": 1, "order": 1 },
    "profiles": {
      "default": { "description": "90 days", "validityPeriod": 7776000 },
      "shortlived": { "description": "So short that a client renews it within two minutes", "validityPeriod": 1245 }
    }
  }
}
EOF

cat <<EOF | write /etc/systemd/system/homeport-lab-pebble.service 0644
[Unit]
Description=Homeport lab: the ACME server
After=network.target homeport-lab-network.service

[Service]
# It must not wait at random before it validates, nor refuse good nonces, as its default is for testing clients.
Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0
ExecStart=/opt/homeport-lab/pebble -config /etc/pebble/pebble.json -dnsserver $DNS:53
Restart=on-failure

[Install]
WantedBy=multi-user.target
EOF

systemctl daemon-reload
systemctl enable -q homeport-lab-pebble.service
# Not restarted without need: Pebble keeps its accounts and its root in memory only.
systemctl start homeport-lab-pebble.service
