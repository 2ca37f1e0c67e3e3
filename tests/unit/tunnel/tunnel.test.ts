import { serverSpec } from "../../../components/site/server";
import {
  presharedKeyFile,
  PRIVATE_KEY_FILE,
  tunnelFiles,
  tunnelPeer,
  tunnelSecrets,
  tunnelUnit,
} from "../../../components/tunnel/tunnel";
import { x25519PublicKey } from "../../../components/tunnel/tunnel-keys";
import { vpsSecrets, vpsSpec } from "../../../components/site/vps";
import { FAKE_KEYS, SERVER_PLAN, TUNNEL, VPS_PLAN } from "../../support/fixtures";

// RFC 7748, section 6.1.
test.each([
  [
    "Alice",
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
  ],
  [
    "Bob",
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  ],
])("the public key of %s in RFC 7748", (_, privateKey, publicKey) => {
  expect(x25519PublicKey(base64(privateKey))).toBe(base64(publicKey));
});

test("any 32 bytes are a private key, whether their bits are clamped or not", () => {
  const loose = Buffer.alloc(32, 0xff);
  const clamped = Buffer.from(loose);
  clamped[0] = 0xf8;
  clamped[31] = 0x7f;
  expect(x25519PublicKey(loose.toString("base64"))).toBe(x25519PublicKey(clamped.toString("base64")));
});

test("the file of a preshared key is named for the peer, beside the private key", () => {
  expect(presharedKeyFile("vps")).toBe("/etc/wireguard/homeport/vps.psk");
  expect(PRIVATE_KEY_FILE).toBe("/etc/wireguard/homeport/private.key");
});

describe("the secrets of an end", () => {
  const spec = tunnelSecrets(TUNNEL, FAKE_KEYS.edgePrivate, { pi: FAKE_KEYS.shared });

  test("are files that root alone reads, in a directory that root alone enters", () => {
    expect(spec.directories).toEqual(
      ["/etc/wireguard", "/etc/wireguard/homeport"].map((path) => ({ path, mode: "0700" })),
    );
    expect(spec.files.map(({ path, mode, owner }) => [path, mode, owner])).toEqual([
      [PRIVATE_KEY_FILE, "0600", undefined],
      [presharedKeyFile("pi"), "0600", undefined],
    ]);
  });

  test("are taken up by the running tunnel without a restart", () => {
    expect(spec.files.map((file) => file.onChange)).toEqual(
      spec.files.map(() => ({ unit: "wg-quick@wg0.service", action: "reload" })),
    );
  });
});

describe("the tunnel's configuration", () => {
  const [configuration] = tunnelFiles(TUNNEL, "text\n", []);

  test("can lock its owner out, so its change is guarded", () => {
    expect(configuration).toMatchObject({ path: "/etc/wireguard/wg0.conf", mode: "0600", guard: true });
  });

  test("is taken up by a reload of the unit that has our ExecReload", () => {
    expect(configuration?.onChange).toEqual({ unit: tunnelUnit(TUNNEL), action: "reload" });
    expect(tunnelFiles(TUNNEL, "", []).map((file) => file.path)).toContain(
      "/etc/systemd/system/wg-quick@wg0.service.d/homeport.conf",
    );
  });
});

describe("the edge's name", () => {
  const resolveParts = (endpoint: string): string[] => {
    const { files, units } = serverSpec({ ...SERVER_PLAN, hub: { ...SERVER_PLAN.hub, endpoint } });
    return [...files.map((file) => file.path), ...units].filter((name) => name.includes("tunnel-resolve"));
  };

  test("is looked up again by the server", () => {
    expect(resolveParts("edge.example.org:51820")).toEqual([
      "/usr/local/lib/homeport/tunnel-resolve",
      "/etc/systemd/system/homeport-tunnel-resolve.service",
      "/etc/systemd/system/homeport-tunnel-resolve.timer",
      "homeport-tunnel-resolve.timer",
    ]);
  });

  test("is not looked up where it is an address", () => {
    expect(resolveParts("198.51.100.10:51820")).toEqual([]);
  });
});

describe("both ends fit each other", () => {
  const conf = (spec: ReturnType<typeof vpsSpec>): string =>
    spec.files.find((file) => file.path === "/etc/wireguard/wg0.conf")?.text ?? "";

  test("the edge knows its servers by files of their own", () => {
    expect(conf(vpsSpec(VPS_PLAN))).not.toContain("[Peer]");
    const [file, ...others] = tunnelPeer(
      TUNNEL,
      "pi",
      { publicKey: FAKE_KEYS.serverPublic, allowedIps: ["10.77.0.2/32"] },
      FAKE_KEYS.shared,
    ).files;
    expect(others).toEqual([]);
    expect(file).toMatchObject({
      path: "/etc/wireguard/wg0.peers/pi.conf",
      mode: "0600",
      onChange: { unit: "wg-quick@wg0.service", action: "reload" },
    });
    expect(file?.text.split("\n").slice(1)).toEqual([
      "[Peer]",
      `PublicKey = ${FAKE_KEYS.serverPublic}`,
      `PresharedKey = ${FAKE_KEYS.shared}`,
      "AllowedIPs = 10.77.0.2/32",
      "",
    ]);
  });

  test("the server takes visitors' own addresses", () => {
    expect(conf(serverSpec(SERVER_PLAN))).toContain("AllowedIPs = 0.0.0.0/0\n");
  });

  test.each([
    ["edge", vpsSpec(VPS_PLAN), vpsSecrets(TUNNEL, "")],
    ["server", serverSpec(SERVER_PLAN), tunnelSecrets(TUNNEL, "", { vps: "" })],
  ])("the key files that the %s's configuration speaks of are its secrets", (_, spec, { files }) => {
    const secrets = files.map((file) => file.path);
    expect([...conf(spec).matchAll(/(?:private-key|preshared-key) (\S+)/g)].map((match) => match[1])).toEqual(secrets);
  });
});

function base64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}
