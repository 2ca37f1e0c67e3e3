# For every host: its way out and name server, and who may log in. Parameters come before this text as quoted
# assignments: ROUTE, NAMESERVER, LOGIN, AUTHORIZED_KEY, HOST_KEY (all but NAMESERVER may be empty). Safe to repeat.
set -eu

write() { # path mode: stdin becomes the file, only if it differs
  new=$(mktemp "$1.XXXXXX")
  cat > "$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then rm "$new"; else mv "$new" "$1"; fi
}

mkdir -p /etc/homeport-lab
printf "ROUTE='%s'\nNAMESERVER='%s'\n" "$ROUTE" "$NAMESERVER" | write /etc/homeport-lab/network 0644
systemctl restart homeport-lab-network.service

if [ -n "$LOGIN" ]; then
  if ! id "$LOGIN" >/dev/null 2>&1; then
    useradd --create-home --shell /bin/bash "$LOGIN"
    printf '%s ALL=(ALL) NOPASSWD:ALL\n' "$LOGIN" | write "/etc/sudoers.d/$LOGIN" 0440
  fi
  home=$(getent passwd "$LOGIN" | cut -d: -f6)
  install -d -m 0700 -o "$LOGIN" -g "$LOGIN" "$home/.ssh"
  printf '%s\n' "$AUTHORIZED_KEY" | write "$home/.ssh/authorized_keys" 0600
  chown "$LOGIN:$LOGIN" "$home/.ssh/authorized_keys"
  printf '%s' "$HOST_KEY" | write /etc/ssh/ssh_host_ed25519_key 0600
  ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key | write /etc/ssh/ssh_host_ed25519_key.pub 0644
  if ! systemctl is-active -q ssh.service; then
    systemctl reset-failed ssh.service 2>/dev/null || true
    systemctl start ssh.service
  fi
fi
