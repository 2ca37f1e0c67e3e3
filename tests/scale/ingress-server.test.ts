import { theLab } from "../support/lab";
import { spread } from "../support/lab-replies";
import { changing } from "../support/lab-group";
import { openPorts } from "../support/lab-scan";
import { siteIsBack } from "../support/lab-site";
import { tunnelAddress } from "../support/lab-tunnel";
import { clientAddressTests } from "./serving/visitor";

/** What might answer somebody, where something were wrong. */
const PORTS = ["-p", "22,80,443,5432,8000,8443,8444"];

const REQUESTS = 60;

const AT_A_SERVER = { "homeport:ingress": "server" };

changing("ingress at a server", () => {
  it("is one setting: the Pi takes the visitors, and the edge keeps neither proxy nor engine", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    const { output } = await lab.stack.deploy(AT_A_SERVER);
    expect(output).not.toContain("Docker runs on the edge");
    await siteIsBack(lab);
    expect(await vps.run("nft list table inet homeport")).toContain(`dnat ip to ${await tunnelAddress(pi)}`);
    expect(await vps.lines("pgrep -ax dockerd || true; ss -Hltn 'sport = :443 or sport = :8443'")).toEqual([]);
  });

  it("is left alone by a second up", async () => {
    const { stack } = await theLab();
    const { code, output } = await stack.withSettings(AT_A_SERVER, () => stack.preview("--expect-no-changes"));
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toContain("Docker runs on the edge");
  });

  it("spreads the requests over its own container and the other servers", async () => {
    const lab = await theLab();
    const { counts } = await spread(lab, REQUESTS, lab.machines.pi);
    expect(counts.size).toBe(3);
    for (const count of counts.values()) expect(Math.abs(count - REQUESTS / 3)).toBeLessThanOrEqual(0.05 * REQUESTS);
  });

  describe("whom Django sees", clientAddressTests);

  it("nothing but ssh answers on the public servers, and ssh and the site on the edge", async () => {
    const { machines } = await theLab();
    const { visitor, vps, one, two } = machines;
    const open = [`${vps.address} 22`, `${vps.address} 443`, `${vps.address} 80`];
    const ssh = [`${one.address} 22`, `${two.address} 22`];
    expect(await openPorts(visitor, [vps.address, one.address, two.address], ...PORTS)).toEqual(
      [...open, ...ssh].sort(),
    );
  });

  it("moves back to the edge by the same setting", async () => {
    const lab = await theLab();
    const { vps } = lab.machines;
    await lab.stack.deploy();
    await siteIsBack(lab);
    expect(await vps.run("nft list table inet homeport")).not.toContain("dnat ip to");
    expect((await spread(lab, REQUESTS)).counts.size).toBe(3);
  });
});
