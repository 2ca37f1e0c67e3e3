import { HostFile, HostSpec } from "../../../../components/machine/host-spec";
import { renderPeerFile } from "../../../../components/tunnel/wireguard";
import { hostForEach, OWNER, reload } from "../../../support/fake-host";
import { FAKE_KEYS } from "../../../support/fixtures";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const UNIT = "wg-quick@wg0.service";

/** WireGuard as a file: a line of `wg show INTERFACE dump` for each peer. */
const WG = `case $3 in
  public-key) [ -e /run/fake/peers ] && echo own-key ;;
  dump) printf 'private\\town-key\\t51820\\toff\\n'; cat /run/fake/peers ;;
esac
`;

const EDGE: Partial<HostSpec> = {
  files: [{ path: "/etc/wireguard/wg0.conf", text: "[Interface]\n", onChange: reload(UNIT) }],
  units: [UNIT],
  watches: [{ kind: "tunnel", name: "wg0", ...reload(UNIT) }],
};

const PEERS = { pi: FAKE_KEYS.serverPublic, attic: FAKE_KEYS.edgePublic } as const;
type Peer = keyof typeof PEERS;

const NETWORKS: Readonly<Record<Peer, string>> = { pi: "10.77.0.2/32", attic: "10.77.0.3/32" };

const peerFile = (name: Peer): HostFile => ({
  path: `/etc/wireguard/wg0.peers/${name}.conf`,
  text: renderPeerFile({ publicKey: PEERS[name], allowedIps: [NETWORKS[name]] }, FAKE_KEYS.shared),
  onChange: reload(UNIT),
});

const line = (key: string, networks: string): string => `${key}\tshared\t(none)\t${networks}\t0\t0\t0\toff\n`;

describeWhere("the tunnel's peers, each a bundle of its own", Sandbox.missing(), () => {
  const host = hostForEach({ wg: WG });
  const apply = (name: Peer): unknown => host.apply({ files: [peerFile(name)] }, "r1", OWNER, `peer-${name}`);
  const run = (...peers: string[]): void => {
    host.sandbox.run(["sh", "-c", "mkdir -p /run/fake; cat >/run/fake/peers"], peers.join(""));
  };
  const [pi, attic] = [line(PEERS.pi, NETWORKS.pi), line(PEERS.attic, NETWORKS.attic)];

  beforeEach(() => {
    apply("pi");
    run(pi);
    host.apply(EDGE);
    host.log();
  });

  test("come and go without a change to what the edge is compared with", () => {
    apply("attic");
    expect(host.log()).toContain(`reload ${UNIT}`);
    run(attic, pi);
    expect(host.probe()).toMatchObject({ reached: true, found: [] });
    host.remove({}, OWNER, "peer-attic");
    expect(host.log()).toContain(`reload ${UNIT}`);
    run(pi);
    expect(host.probe()).toMatchObject({ reached: true, found: [] });
  });

  test.each([
    ["is gone", "", `tunnel wg0: missing peer ${PEERS.pi} with AllowedIPs ${NETWORKS.pi}`],
    ["is strange", pi + attic, `tunnel wg0: unexpected peer ${PEERS.attic} with AllowedIPs ${NETWORKS.attic}`],
    [
      "speaks for more",
      line(PEERS.pi, `${NETWORKS.pi},10.77.0.99/32`),
      `tunnel wg0: unexpected peer ${PEERS.pi} with AllowedIPs 10.77.0.99/32`,
    ],
    ["speaks for nobody", line(PEERS.pi, "(none)"), `tunnel wg0: unexpected peer ${PEERS.pi} with AllowedIPs (none)`],
  ])("are missed, or found, when one %s", (_, peers, found) => {
    run(peers);
    expect(host.probe()).toMatchObject({ found: expect.arrayContaining([found]) as unknown });
    host.apply(EDGE, "r2");
    expect(host.log()).toContain(`reload ${UNIT}`);
  });

  test("are not missed where another version of the program has kept something else about them", () => {
    host.sandbox.sh(`cd /var/lib/homeport/base
sed -i 's/^tunnel /wg /' watches
mv live.tunnel_wg0 live.wg_wg0`);
    expect(host.probe()).toMatchObject({ reached: true, found: [] });
  });

  test("are not listed where the interface is missing, which is reported", () => {
    host.sandbox.sh("rm /run/fake/peers");
    expect(host.probe()).toMatchObject({
      found: ["WireGuard interface wg0 is missing"],
    });
  });
});
