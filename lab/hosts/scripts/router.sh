# The home router with the provider's address translation behind it: whoever is at home gets out under the router's
# address, and nothing gets in. Parameters: HOME_NETWORK, HOME_ADDRESS, INTERNET_ADDRESS. Safe to repeat.

cat <<'EOF' | write /usr/local/lib/homeport-lab/router 0755
#!/bin/sh
# The interfaces are found by their addresses: Docker numbers them in no promised order.
set -eu
. /etc/homeport-lab/router
interface() { ip -o -4 address show | awk -v address="$1" 'index($4, address "/") == 1 { print $2 }'; }
inside=$(interface "$HOME_ADDRESS")
outside=$(interface "$INTERNET_ADDRESS")
[ -n "$inside" ] && [ -n "$outside" ] || { echo "router: no interface with $HOME_ADDRESS or $INTERNET_ADDRESS" >&2; exit 1; }
nft -f - <<RULES
table ip homeport_lab
delete table ip homeport_lab
table ip homeport_lab {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "$inside" oifname "$outside" ip saddr $HOME_NETWORK accept
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname "$outside" ct state established,related accept
    iifname "$outside" icmp type echo-request accept
    iifname "$outside" drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "$outside" ip saddr $HOME_NETWORK masquerade
  }
}
RULES
EOF

printf "HOME_NETWORK='%s'\nHOME_ADDRESS='%s'\nINTERNET_ADDRESS='%s'\n" "$HOME_NETWORK" "$HOME_ADDRESS" "$INTERNET_ADDRESS" |
  write /etc/homeport-lab/router 0644

cat <<'EOF' | write /etc/systemd/system/homeport-lab-router.service 0644
[Unit]
Description=Homeport lab: address translation between home and internet
After=homeport-lab-network.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/homeport-lab/router

[Install]
WantedBy=multi-user.target
EOF

systemctl daemon-reload
systemctl enable -q homeport-lab-router.service
systemctl restart homeport-lab-router.service
