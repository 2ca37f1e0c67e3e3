import { STACK } from "../../lab/domain";
import { outputs, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { changing } from "../support/lab-group";
import { PICTURE_DIGEST, pictureUrl, POST, publishPost, removePost } from "../support/lab-post";
import { siteContainers, siteIsBack } from "../support/lab-site";
import { expectNothingLeft, Footprint, readFootprint } from "../support/lab-footprint";
import { visit } from "../support/lab-visitor";

changing("destroy", () => {
  const footprints: Record<string, Footprint> = {};
  let passwordBefore = "";
  let output = "";

  beforeAll(publishPost);

  it("removes everything from the hosts", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    passwordBefore = (await outputs(lab)).adminPassword;
    for (const host of [vps, pi]) footprints[host.name] = await readFootprint(host);
    const run = await lab.stack.destroy();
    output = run.output;
    expect(run.code).toBe(0);
    expect(await siteContainers(pi)).toEqual([]);
    expect(await pi.lines("docker network ls --format '{{.Name}}'")).toEqual(["bridge", "host", "none"]);
  });

  it.each(["vps", "pi"] as const)("leaves no file, unit, firewall table or tunnel on %s", async (name) => {
    await expectNothingLeft((await theLab()).machines[name], footprintOf(name));
  });

  it.each(["vps", "pi"] as const)("restores the kernel settings on %s", async (name) => {
    const host = (await theLab()).machines[name];
    const { settings } = footprintOf(name);
    expect(settings.length).toBeGreaterThan(0);
    for (const [, key = "", value] of settings.map((line) => line.split(" "))) {
      expect([key, (await host.run(`cat /proc/sys/${key.replaceAll(".", "/")}`)).trim()]).toEqual([key, value]);
    }
  });

  it.each(["vps", "pi"] as const)("keeps the packages on %s and names them", async (name) => {
    const host = (await theLab()).machines[name];
    const { packages } = footprintOf(name);
    // A host that was deployed to and destroyed before had them from then, and this deploy installed none.
    if (packages.length > 0) expect(output).toContain(`packages that were installed stay: ${packages.join(" ")}`);
    const state = await host.run(
      `dpkg-query -W -f '\${db:Status-Status}\\n' nftables wireguard-tools ${packages.join(" ")} | sort -u`,
    );
    expect(state.trim()).toBe("installed");
  });

  it("keeps the application's data and says where", async () => {
    const { pi } = (await theLab()).machines;
    expect(await pi.lines("docker volume ls -q")).toContain(`homeport-${STACK}-data`);
    expect(output).toContain(`stays on pi in the Docker volume homeport-${STACK}-data; to delete it for good:`);
  });

  it("is undone by an up: the site is back with its posts", async () => {
    const lab = await theLab();
    await lab.stack.deploy();
    await siteIsBack(lab);
    expect((await visit(lab.machines.visitor, (await outputs(lab)).url)).body).toContain(POST.title);
    expect(await lab.machines.visitor.run(`curl -sSf '${await pictureUrl()}' | sha256sum`)).toContain(PICTURE_DIGEST);
  });

  it("has a new admin password then, and refuses the old one", async () => {
    const { admin, adminPassword } = await outputs(await theLab());
    expect(adminPassword).not.toBe(passwordBefore);
    await AdminBrowser.open(admin, async (browser) => {
      expect(await browser.logIn(passwordBefore)).toBe(false);
      expect(await browser.logIn(adminPassword)).toBe(true);
    });
  });

  afterAll(async () => {
    await removePost((await theLab()).machines.pi, POST.slug);
  });

  function footprintOf(name: string): Footprint {
    const one = footprints[name];
    if (one === undefined) throw new Error(`the footprint on ${name} is unknown: the test that reads it has failed`);
    return one;
  }
});
