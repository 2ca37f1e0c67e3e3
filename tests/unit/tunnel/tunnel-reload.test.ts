import { script } from "../../../components/machine/scripts";
import { renderPeerFile, renderWireGuard, WireGuardInterface } from "../../../components/tunnel/wireguard";
import { FAKE_KEYS } from "../../support/fixtures";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const TUNNEL: WireGuardInterface = {
  address: "10.77.0.1/24",
  mtu: 1420,
  privateKeyFile: "/etc/wireguard/homeport/private.key",
  listenPort: 51820,
  peers: [
    {
      publicKey: FAKE_KEYS.serverPublic,
      presharedKeyFile: "/etc/wireguard/homeport/pi.psk",
      allowedIps: ["10.77.0.2/32"],
    },
    {
      publicKey: FAKE_KEYS.edgePublic,
      presharedKeyFile: "/etc/wireguard/homeport/attic.psk",
      allowedIps: ["10.77.0.3/32"],
    },
  ],
};

const PROGRAMS = {
  // What wg-quick(8) says that `strip` leaves out.
  "wg-quick": `[ "$1" = strip ] && grep -vE '^(Address|MTU|Table|PostUp|PreDown|#)' "/etc/wireguard/$2.conf"\n`,
  wg: `case "$1 $2 $3" in
  "syncconf wg0 "*) cat >/run/fake/synced ;;
  "show wg0 peers") cat /run/kernel/peers 2>/dev/null || true ;;
esac\n`,
  ip: `case $2 in
  -4) echo "7: wg0    inet 10.77.0.1/24 scope global wg0" ;;
  rule) cat /run/kernel/rule 2>/dev/null || true ;;
  route) cat /run/kernel/route 2>/dev/null || { echo "FIB table does not exist" >&2 && exit 2; } ;;
esac
`,
  systemctl: `echo "$*" >/run/fake/systemctl\n`,
};

describeWhere("a running tunnel", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(async () => {
    await sandbox.start(PROGRAMS);
    sandbox.sh(
      `mkdir -p /etc/wireguard/homeport /sys/class/net/wg0
echo 1420 >/sys/class/net/wg0/mtu
echo '${FAKE_KEYS.edgePrivate}' >/etc/wireguard/homeport/private.key
echo '${FAKE_KEYS.shared}' >/etc/wireguard/homeport/pi.psk
echo '${FAKE_KEYS.serverPrivate}' >/etc/wireguard/homeport/attic.psk`,
    );
    for (const name of ["tunnel-reload", "tunnel-sync"]) {
      sandbox.run(["sh", "-c", `cat >/tmp/${name} && chmod 0755 /tmp/${name}`], script(`tunnel/${name}.sh`));
    }
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  function reload(tunnel: WireGuardInterface): { synced: string; systemctl: string } {
    sandbox.run(["sh", "-c", "cat >/etc/wireguard/wg0.conf"], renderWireGuard(tunnel));
    sandbox.sh("rm -f /run/fake/*; bash /tmp/tunnel-reload wg0");
    const read = (name: string): string => sandbox.sh(`cat /run/fake/${name} 2>/dev/null || true`);
    return { synced: read("synced"), systemctl: read("systemctl") };
  }

  test("is given its configuration with the private key, and each peer's preshared key", () => {
    const { synced, systemctl } = reload(TUNNEL);
    expect(synced.split("\n").filter(Boolean)).toEqual([
      "[Interface]",
      `PrivateKey = ${FAKE_KEYS.edgePrivate}`,
      "ListenPort = 51820",
      "[Peer]",
      `PublicKey = ${FAKE_KEYS.edgePublic}`,
      `PresharedKey = ${FAKE_KEYS.serverPrivate}`,
      "AllowedIPs = 10.77.0.3/32",
      "[Peer]",
      `PublicKey = ${FAKE_KEYS.serverPublic}`,
      `PresharedKey = ${FAKE_KEYS.shared}`,
      "AllowedIPs = 10.77.0.2/32",
    ]);
    expect(systemctl).toBe("");
  });

  test("is given its keys wherever the commands name them", () => {
    const other = renderWireGuard(TUNNEL).replaceAll("wg set %i ", "wg set %i fwmark 0x1 ");
    sandbox.run(["sh", "-c", "cat >/etc/wireguard/wg0.conf"], other);
    sandbox.sh("bash /tmp/tunnel-sync wg0");
    expect(sandbox.sh("grep -o '^[a-zA-Z]*Key = .*' /run/fake/synced").split("\n").slice(0, 3)).toEqual([
      `PrivateKey = ${FAKE_KEYS.edgePrivate}`,
      `PublicKey = ${FAKE_KEYS.edgePublic}`,
      `PresharedKey = ${FAKE_KEYS.serverPrivate}`,
    ]);
  });

  test("goes on with a peer whose preshared key is gone, because keys are removed before the configuration", () => {
    sandbox.sh("rm /etc/wireguard/homeport/attic.psk");
    const { synced } = reload(TUNNEL);
    expect(synced.match(/PresharedKey.*/g)).toEqual([`PresharedKey = ${FAKE_KEYS.shared}`]);
  });

  test("is given the peers that have files of their own", () => {
    const end = { publicKey: FAKE_KEYS.serverPublic, allowedIps: ["10.77.0.2/32"] };
    sandbox.sh("mkdir -p /etc/wireguard/wg0.peers");
    sandbox.run(["sh", "-c", "cat >/etc/wireguard/wg0.peers/pi.conf"], renderPeerFile(end, FAKE_KEYS.shared));
    const { synced } = reload({ ...TUNNEL, peers: [] });
    sandbox.sh("rm -r /etc/wireguard/wg0.peers");
    expect(synced.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
      "[Interface]",
      `PrivateKey = ${FAKE_KEYS.edgePrivate}`,
      "ListenPort = 51820",
      "[Peer]",
      `PublicKey = ${FAKE_KEYS.serverPublic}`,
      `PresharedKey = ${FAKE_KEYS.shared}`,
      "AllowedIPs = 10.77.0.2/32",
    ]);
  });

  test.each([
    ["that it has not yet comes with where it was last", "", "Endpoint = 198.51.100.20:4321"],
    ["that it has keeps where it is", FAKE_KEYS.serverPublic, undefined],
  ])("is given a peer whose endpoint was kept: one %s", (_, known, endpoint) => {
    const end = { publicKey: FAKE_KEYS.serverPublic, allowedIps: ["10.77.0.2/32"] };
    sandbox.run(
      ["sh", "-c", "mkdir -p /etc/wireguard/wg0.peers; cat >/etc/wireguard/wg0.peers/pi.conf"],
      renderPeerFile(end, FAKE_KEYS.shared),
    );
    sandbox.sh(`mkdir -p /run/kernel /var/lib/homeport-tunnel
echo '${known}' >/run/kernel/peers
printf '%s 198.51.100.99:1\n%s 198.51.100.20:4321\n' '${FAKE_KEYS.edgePublic}' '${FAKE_KEYS.serverPublic}' >/var/lib/homeport-tunnel/wg0.endpoints`);
    const { synced } = reload({ ...TUNNEL, peers: [] });
    sandbox.sh("rm -r /etc/wireguard/wg0.peers /run/kernel /var/lib/homeport-tunnel");
    expect(synced.split("\n").find((line) => line.startsWith("Endpoint"))).toBe(endpoint);
  });

  test.each([
    ["address", { address: "10.78.0.1/24" }],
    ["packet size", { mtu: 1280 }],
  ])("is restarted where only that can change its %s", (_, change) => {
    expect(reload({ ...TUNNEL, ...change })).toEqual({ synced: "", systemctl: "restart wg-quick@wg0.service\n" });
  });

  test.each([
    ["rule", ""],
    ["route", "rule"],
    ["rule", "route"],
    ["", "rule route"],
  ])("with a way back for answers is restarted where the kernel has no %s", (missing, there) => {
    sandbox.sh(`rm -rf /run/kernel; mkdir /run/kernel; for file in ${there}; do echo "$file" >/run/kernel/$file; done`);
    const { systemctl } = reload({ ...TUNNEL, returnRoute: true });
    expect(systemctl).toBe(missing === "" ? "" : "restart wg-quick@wg0.service\n");
  });
});
