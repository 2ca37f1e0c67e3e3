import { until } from "../../lab/process";
import { Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";

changing("a restart", () => {
  it("of the VPS brings the site back, and the Pi is still behind its router", async () => {
    const lab = await theLab();
    await lab.machines.vps.restart();
    await siteIsBack(lab);
    await expectBehindRouter(lab);
    expect(await lab.machines.vps.run("sshd -T")).toContain("\npasswordauthentication no\n");
  });

  it("of the VPS within the time of a lockout reverts it", async () => {
    const lab = await theLab();
    const { vps } = lab.machines;
    const locked = async (): Promise<true | undefined> =>
      (await vps.run("nft list table inet homeport")).includes("10.99.0.0") ? true : undefined;
    const up = lab.stack.withSettings({ "homeport:edge": { sshFrom: ["10.99.0.0/16"] } }, () => lab.stack.up());
    // The rule is in the kernel, and its change is not confirmed.
    await until("the VPS to shut its ssh", 60, locked);
    await vps.powerCut();
    const { code } = await up;
    expect(code).not.toBe(0);
    await until("the VPS to have the firewall of before", 60, async () => {
      const { code: loaded, stdout } = await vps.attempt("nft list table inet homeport");
      return loaded === 0 && !stdout.includes("10.99.0.0") ? true : undefined;
    });
    await siteIsBack(lab);
    expect((await lab.stack.up()).code).toBe(0);
  });

  it("of the Pi brings the site back, still behind its router", async () => {
    const lab = await theLab();
    await lab.machines.pi.restart();
    await siteIsBack(lab);
    await expectBehindRouter(lab);
  });

  it("after a power cut of the Pi brings the site back, still behind its router", async () => {
    const lab = await theLab();
    await lab.machines.pi.powerCut();
    await siteIsBack(lab);
    await expectBehindRouter(lab);
  });
});

// Docker gives a restarted container its own way out, past the router: the lab puts the route back, and this proves it.
async function expectBehindRouter({ machines, addresses }: Lab): Promise<void> {
  const endpoint = await until("the VPS to know where its peer is", 60, async () => {
    const [, at] = (await machines.vps.run("wg show wg0 endpoints")).trim().split(/\s+/);
    return at === undefined || at === "(none)" ? undefined : at;
  });
  expect(endpoint.replace(/:\d+$/, "")).toBe(addresses.router);
  expect(await machines.pi.run("ip route show default")).toContain(`via ${addresses.routerAtHome} `);
}
