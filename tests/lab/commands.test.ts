import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { AddressInfo, createServer } from "node:net";

import { outputs, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { throughAdmin } from "../support/lab-admin-forward";
import { command } from "../support/lab-command";
import { looking } from "../support/lab-group";
import { visit } from "../support/lab-visitor";
import { webContainer } from "../support/lab-site";

const USER = "second";

looking("the daily commands", () => {
  it("npm run manage runs a command of manage.py in the site", async () => {
    const { code, stdout, stderr } = await command(await theLab(), "manage", ["check"]);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("System check identified no issues")]);
  });

  it("npm run manage passes arguments and exit codes through", async () => {
    const lab = await theLab();
    const words = ["shell", "-c", `print("it's", '$HOME', 2 * 3); raise SystemExit(7)`];
    const { code, stdout } = await command(lab, "manage", words);
    expect([code, stdout.trim().split("\n").at(-1)]).toEqual([7, "it's $HOME 6"]);
  });

  it("npm run shell opens the container that serves, as its user", async () => {
    const lab = await theLab();
    const { Id } = await webContainer(lab.machines.pi);
    const { code, stdout } = await command(lab, "shell", ["sh", "-c", "id -u && cat /etc/hostname"]);
    expect([code, stdout.trim().split("\n")]).toEqual([0, ["10001", Id.slice(0, 12)]]);
  });

  it("npm run doctor finds everything good", async () => {
    const { code, stdout } = await command(await theLab(), "doctor", []);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^good {2}the site: .*^all good$/ms)]);
  });

  it.each([
    ["the passphrase", { PULUMI_CONFIG_PASSPHRASE: "another" }, /TO DO the passphrase: .* that of another stack/],
    ["Docker", { DOCKER_HOST: "tcp://127.0.0.1:1" }, /TO DO Docker here: .*unset DOCKER_HOST/],
    ["the agent", { SSH_AUTH_SOCK: "/nowhere" }, /TO DO the ssh agent: .*unset SSH_AUTH_SOCK/],
  ])("npm run doctor names what is wrong with %s, and looks at the rest all the same", async (_, environment, said) => {
    const { code, stdout } = await command(await theLab(), "doctor", [], environment);
    expect([code, stdout]).toEqual([1, expect.stringMatching(said)]);
    expect(stdout).toMatch(/^good {2}the machine pi: Debian/m);
  });

  it("npm run logs shows the last lines of the site", async () => {
    const lab = await theLab();
    await visit(lab.machines.visitor, (await outputs(lab)).url);
    const { code, stdout, stderr } = await command(lab, "logs", ["--tail", "30"]);
    expect([code, `${stdout}${stderr}`]).toEqual([
      0,
      expect.stringMatching(/^\d\d-\d\d [\d:]{8} 200 GET \/ \d+ ms [\d.]+$/m),
    ]);
    const raw = await command(lab, "logs", ["--tail", "3", "--json"]);
    expect(`${raw.stdout}${raw.stderr}`.trim().split("\n").length).toBe(3);
    expect(`${raw.stdout}${raw.stderr}`).toContain('"logger"');
  });

  it("npm run status shows certificate, containers, tunnel and disks, and changes nothing", async () => {
    const lab = await theLab();
    const { code, stdout, stderr } = await command(lab, "status", []);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/certificate by .*, valid until /);
    expect(stdout).toMatch(/container app-web-\w+: well/);
    expect(stdout).toMatch(/container traefik-\w+: well/);
    expect(stdout).toMatch(/\nall well$/);
    expect(stdout.match(/wg0: last handshake \d+ s ago/g)).toHaveLength(2);
    expect(stdout.match(/ MB free/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("npm run admin reaches the admin from elsewhere, also for a superuser made with npm run manage", async () => {
    const lab = await theLab();
    const password = randomBytes(12).toString("hex");
    const env = { DJANGO_SUPERUSER_PASSWORD: password, DJANGO_SUPERUSER_EMAIL: "second@weblog.test" };
    const made = await command(lab, "manage", ["createsuperuser", "--noinput", "--username", USER], env);
    expect(made).toMatchObject({ code: 0 });
    const port = await throughAdmin(lab, async (forward) => {
      expect(forward.url).toBe(`https://localhost:${forward.port}/admin/`);
      expect(forward.said()).toContain((await outputs(lab)).admin.user);
      const author = { url: forward.url, user: USER };
      expect(await AdminBrowser.open(author, (browser) => browser.logIn(password))).toBe(true);
      return forward.port;
      // oxlint-disable-next-line typescript/no-misused-promises -- `finally` awaits it
    }).finally(() => command(lab, "manage", ["shell", "-c", removing(USER)]));
    await expect(fetch(`https://localhost:${port}/`)).rejects.toThrow();
  });

  it("npm run admin reports a port that is taken, and what to do", async () => {
    const lab = await theLab();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await command(lab, "admin", ["--port", String(port)]);
    taken.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${port} of this machine cannot be used`)]);
  });
});

function removing(user: string): string {
  return `from django.contrib.auth import get_user_model; get_user_model().objects.filter(username="${user}").delete()`;
}
