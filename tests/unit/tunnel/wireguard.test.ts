import { TUNNEL_MARK } from "../../../components/firewall/nftables";
import { renderWireGuard, WireGuardInterface } from "../../../components/tunnel/wireguard";
import { FAKE_KEYS } from "../../support/fixtures";

const PEER = { publicKey: FAKE_KEYS.serverPublic, presharedKeyFile: "/keys/pi.psk", allowedIps: ["10.77.0.2/32"] };
const HUB: WireGuardInterface = {
  address: "10.77.0.1/24",
  mtu: 1420,
  privateKeyFile: "/keys/private.key",
  listenPort: 51820,
  peers: [PEER],
};

const body = (tunnel: WireGuardInterface): string => renderWireGuard(tunnel).split("\n").slice(1).join("\n");

test("a hub with one peer", () => {
  expect(body(HUB)).toBe(`[Interface]
Address = 10.77.0.1/24
MTU = 1420
ListenPort = 51820
PostUp = wg set %i private-key /keys/private.key
PostUp = wg set %i peer ${FAKE_KEYS.serverPublic} preshared-key /keys/pi.psk

[Peer]
PublicKey = ${FAKE_KEYS.serverPublic}
AllowedIPs = 10.77.0.2/32
`);
});

test("a spoke behind NAT speaks first and keeps the way open, and has no port of its own", () => {
  const spoke = body({
    ...HUB,
    listenPort: undefined,
    peers: [{ ...PEER, endpoint: "198.51.100.10:51820", keepaliveSeconds: 25 }],
  });
  expect(spoke).not.toContain("ListenPort");
  expect(spoke).toContain("Endpoint = 198.51.100.10:51820\nPersistentKeepalive = 25\n");
});

test("no key but the peers' public ones is in the file", () => {
  expect(renderWireGuard(HUB)).not.toMatch(/^(PrivateKey|PresharedKey)/m);
});

test("without a return route the routing is wg-quick's own", () => {
  expect(renderWireGuard(HUB)).not.toMatch(/Table|ip rule|ip route/);
});

test("with a return route only marked answers go into the tunnel, and the rule goes with the interface", () => {
  const spoke = renderWireGuard({ ...HUB, returnRoute: true });
  const rule = `fwmark ${TUNNEL_MARK} table ${TUNNEL_MARK} priority ${TUNNEL_MARK}`;
  expect(spoke).toContain("\nTable = off\n");
  expect(spoke).toContain(`\nPostUp = ip route replace default dev %i table ${TUNNEL_MARK}\n`);
  expect(spoke).toContain(`\nPostUp = ip rule del ${rule} 2>/dev/null || true; ip rule add ${rule}\n`);
  expect(spoke).toContain(`\nPreDown = ip rule del ${rule} || true\n`);
});

test("the order of peers and of their networks makes no difference", () => {
  const other = { ...PEER, publicKey: FAKE_KEYS.edgePublic, allowedIps: ["10.77.0.9/32", "10.77.0.3/32"] };
  const turned = { ...other, allowedIps: [...other.allowedIps].reverse() };
  expect(renderWireGuard({ ...HUB, peers: [PEER, other] })).toBe(renderWireGuard({ ...HUB, peers: [turned, PEER] }));
});
