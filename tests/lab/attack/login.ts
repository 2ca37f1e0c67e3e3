import { theLab } from "../../support/lab";
import { ssh } from "../../support/lab-ssh";

/** A port of which only the machine itself knows. */
const OTHER_PORT = 2222;

/** An address that is none of a home, which the Pi is given for the attempt. */
const OUTSIDE = "198.51.100.77";

/**
 * Somebody on the machine who knows a password, and a file of the provider's that lets passwords in. `attempt PORT USER [ADDRESS]` logs in with it; the second
 * sshd proves that the password is right.
 */
const WITH_PASSWORD = `
user=homeport-lab-walker provider=/etc/ssh/sshd_config.d/50-cloud-init.conf directory=$(mktemp -d)
exec 2>&1
trap 'kill "$(cat "$directory/pid")"; ip address del ${OUTSIDE}/32 dev lo 2>/dev/null || true; userdel -rf "$user" 2>/dev/null; rm -rf "$directory" "$provider"; systemctl reload ssh.service' EXIT
password=$(tr -dc a-z </dev/urandom | head -c 20 || true)
useradd --create-home "$user"
printf '%s:%s\\n' "$user" "$password" | chpasswd
printf '#!/bin/sh\\necho %s\\n' "$password" >"$directory/askpass"
chmod 0700 "$directory/askpass"
printf 'PasswordAuthentication yes\\n' >"$provider"
systemctl reload ssh.service
/usr/sbin/sshd -f /dev/null -p ${OTHER_PORT} -o UsePAM=yes -o PasswordAuthentication=yes -o PidFile="$directory/pid"
attempt() {
  address=\${3:-127.0.0.1}
  SSH_ASKPASS=$directory/askpass SSH_ASKPASS_REQUIRE=force ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
    -o LogLevel=ERROR -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -p "$1" "$2@$address" 'echo "$USER is in"' </dev/null || true
}
`;

/** Who comes in at the VPS. */
export function loginTests(): void {
  it("lets root in by key", async () => {
    const lab = await theLab();
    const { code, stdout } = await ssh(lab, `root@${lab.addresses.vps}`, "id -un", "");
    expect([code, stdout]).toEqual([0, "root"]);
  });

  it("lets nobody in by password, whatever the provider's own file says", async () => {
    const { vps } = (await theLab()).machines;
    const said = await vps.lines(`${WITH_PASSWORD}
attempt ${OTHER_PORT} "$user"
attempt 22 "$user"
attempt 22 root`);
    // ssh ends its lines as on a terminal.
    expect(said.map((line) => line.trim())).toEqual([
      "homeport-lab-walker is in",
      "homeport-lab-walker@127.0.0.1: Permission denied (publickey).",
      "root@127.0.0.1: Permission denied (publickey).",
    ]);
  });

  it("lets a password in at home from the home alone", async () => {
    const { pi } = (await theLab()).machines;
    const said = await pi.lines(`${WITH_PASSWORD}
ip address add ${OUTSIDE}/32 dev lo
attempt 22 "$user"
attempt ${OTHER_PORT} "$user" ${OUTSIDE}
attempt 22 "$user" ${OUTSIDE}`);
    expect(said.map((line) => line.trim())).toEqual([
      "homeport-lab-walker is in",
      "homeport-lab-walker is in",
      `homeport-lab-walker@${OUTSIDE}: Permission denied (publickey).`,
    ]);
  });

  it("meets no algorithm that is known to be weak", async () => {
    const { vps, pi } = (await theLab()).machines;
    for (const machine of [vps, pi]) {
      const said = await machine.lines(`sshd -T | grep -E '^(kexalgorithms|macs|hostkeyalgorithms) ' | tr ' ,' '\n\n'`);
      expect(said).toContain("curve25519-sha256");
      expect(said.filter((name) => /nistp|diffie|sha1|umac-64|^hmac-sha2-(256|512)$|^umac-128@/.test(name))).toEqual(
        [],
      );
    }
  });
}
