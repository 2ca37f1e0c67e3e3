import { STACK } from "../../lab/domain";
import { differences, Hosts, hostsNow, interruptedFirstDeploy } from "../chaos/chaos";
import { chaosRun } from "../chaos/plan";
import { sufferAtFirst } from "../support/bad-luck";
import { answers, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { PICTURE_DIGEST, POST, removePost } from "../support/lab-post";
import { siteContainers } from "../support/lab-site";
import { expectNothingLeft, Told, whatItWasTold } from "../support/lab-told";
import { visit } from "../support/lab-visitor";
import { FOREIGN_FIREWALLS } from "./foreign-firewalls";
import { pictureUrl } from "./post";

/** Strikes in the middle of a first deploy; `npm run chaos -- --seed NUMBER --runs 1` makes a run of a seed again. */
const SEED = 20;

/** The end, and the beginning again. */
export function destroyTests(): void {
  const told: Record<string, Told> = {};
  let passwordBefore = "";
  let output = "";
  let before: Hosts | undefined;

  it("takes everything off the hosts", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    before = await hostsNow(lab);
    passwordBefore = (await answers(lab)).adminPassword;
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

  it.each(FOREIGN_FIREWALLS)("is followed by an up that names a firewall that is not ours: $name", sufferAtFirst);

  it("is followed by an up that is cut off by SIGKILL, and a recovery that makes the hosts what they were", async () => {
    const lab = await theLab();
    const run = chaosRun(SEED, { deploy: "first", signal: "SIGKILL" });
    const { struck, faults, hosts } = await interruptedFirstDeploy(lab, run, {});
    expect({ struck, faults }).toEqual({ struck: true, faults: [] });
    expect(before === undefined ? ["not known"] : differences(before, hosts)).toEqual([]);
  });

  it("brings back the site with its posts", async () => {
    const lab = await theLab();
    expect((await visit(lab.machines.visitor, (await answers(lab)).url)).body).toContain(POST.title);
    expect(await lab.machines.visitor.run(`curl -sSf '${await pictureUrl()}' | sha256sum`)).toContain(PICTURE_DIGEST);
    expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("lets the author in with the new password, and not with the one before", async () => {
    const { admin, adminPassword } = await answers(await theLab());
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
}
