import { STACK } from "../../lab/domain";
import { outputs, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { changing } from "../support/lab-group";
import { PICTURE_DIGEST, pictureUrl, POST, publishPost, removePost } from "../support/lab-post";
import { siteContainers, siteIsBack } from "../support/lab-site";
import { expectNothingLeft, Told, whatItWasTold } from "../support/lab-drift";
import { visit } from "../support/lab-visitor";

changing("destroy", () => {
  const told: Record<string, Told> = {};
  let passwordBefore = "";
  let output = "";

  beforeAll(publishPost);

  it("takes everything off the hosts", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    passwordBefore = (await outputs(lab)).adminPassword;
    for (const host of [vps, pi]) told[host.name] = await whatItWasTold(host);
    const run = await lab.stack.destroy();
    output = run.output;
    expect(run.code).toBe(0);
    expect(await siteContainers(pi)).toEqual([]);
    expect(await pi.lines("docker network ls --format '{{.Name}}'")).toEqual(["bridge", "host", "none"]);
  });

  it.each(["vps", "pi"] as const)("leaves no file, unit, firewall table or tunnel on %s", async (name) => {
    await expectNothingLeft((await theLab()).machines[name], toldTo(name));
  });

  it.each(["vps", "pi"] as const)("leaves the kernel settings on %s as they were before", async (name) => {
    const host = (await theLab()).machines[name];
    const { settings } = toldTo(name);
    expect(settings.length).toBeGreaterThan(0);
    for (const [, key = "", value] of settings.map((line) => line.split(" "))) {
      expect([key, (await host.run(`cat /proc/sys/${key.replaceAll(".", "/")}`)).trim()]).toEqual([key, value]);
    }
  });

  it.each(["vps", "pi"] as const)("keeps the packages on %s and names them", async (name) => {
    const host = (await theLab()).machines[name];
    const { packages } = toldTo(name);
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

  it("is followed by an up that brings back the site with its posts", async () => {
    const lab = await theLab();
    await lab.stack.deploy();
    await siteIsBack(lab);
    expect((await visit(lab.machines.visitor, (await outputs(lab)).url)).body).toContain(POST.title);
    expect(await lab.machines.visitor.run(`curl -sSf '${await pictureUrl()}' | sha256sum`)).toContain(PICTURE_DIGEST);
  });

  it("lets the author in with the new password, and not with the one before", async () => {
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

  function toldTo(name: string): Told {
    const one = told[name];
    if (one === undefined)
      throw new Error(`what ${name} was told is not known, because the test before has not come so far`);
    return one;
  }
});
