import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { askWith } from "../support/lab-spoofs";
import { LabZone } from "../support/lab-zone";
import { clientsOf } from "./serving/visitor";

/** An address of Cloudflare's proxy (components/dns/cloudflare-ranges.ts), which the visitor's machine has meanwhile. */
const CLOUDFLARE = "173.245.48.5";

/** Whom Cloudflare's proxy names as its visitor; nobody here has this address. */
const BEHIND = "198.18.200.7";

const HEADERS = [`X-Forwarded-For: ${BEHIND}`];

changing("Cloudflare's proxy", () => {
  beforeAll(async () => {
    const { stack, machines } = await theLab();
    const { visitor, vps } = machines;
    await stack.deploy({ "homeport:dns": { proxied: true } });
    // First the way back: no packet for that address may leave the lab.
    await vps.run(`ip route add ${CLOUDFLARE}/32 via ${visitor.address}`);
    await visitor.run(
      `ip address add ${CLOUDFLARE}/32 dev "$(ip -o route get ${vps.address} | sed 's/.* dev \\([^ ]*\\) .*/\\1/')"`,
    );
  });

  afterAll(async () => {
    const { stack, machines } = await theLab();
    const { visitor, vps } = machines;
    await visitor.run(
      `ip address del ${CLOUDFLARE}/32 dev "$(ip -o address show to ${CLOUDFLARE} | awk '{ print $2 }')"`,
    );
    await vps.run(`ip route del ${CLOUDFLARE}/32`);
    await stack.deploy();
  });

  it("has records that Cloudflare proxies", async () => {
    const lab = await theLab();
    const records = await new LabZone(lab).records("A");
    expect(records.map(({ proxied, ttl }) => [proxied, ttl])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });

  it("takes the visitor address from Cloudflare", async () => {
    const lab = await theLab();
    expect(await clientsOf(lab, await askWith(lab, HEADERS, "--interface", CLOUDFLARE))).toEqual([BEHIND]);
  });

  it("and from nobody else", async () => {
    const lab = await theLab();
    expect(await clientsOf(lab, await askWith(lab, HEADERS))).toEqual([lab.addresses.visitor]);
  });
});
