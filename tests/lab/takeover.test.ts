import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { outputs, theLab } from "../support/lab";
import { AdminBrowser } from "../support/lab-admin";
import { changing } from "../support/lab-group";
import { appContainers, webContainer, whileVisited } from "../support/lab-site";
import { SlowForm } from "../support/lab-slow-form";
import { SettingValues } from "../support/lab-stack";

const NUMBERS = { workers: 2, threads: 3, timeoutSeconds: 40, gracefulSeconds: 20, memoryMb: 400, port: 8100 };

/** Seconds that a container may take to the next step of its life. */
const STEP = 240;

changing("a version that takes over", () => {
  let passwordBefore = "";

  afterAll(async () => {
    await (await theLab()).stack.deploy();
  });

  it("lets the old one finish its open requests, unnoticed by visitors", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const { admin, adminPassword } = await outputs(lab);
    passwordBefore = adminPassword;
    const before = await webContainer(pi);
    const old = before.Name.slice(1);
    const run = randomUUID();
    const settings: SettingValues = {
      "homeport:app": { ...NUMBERS, rotate: { djangoKey: run, adminPassword: run } },
    };
    const [watched, answer] = await lab.stack.withSettings(settings, () =>
      Promise.all([whileVisited(lab, () => lab.stack.up()), slowly()]),
    );
    expect(watched.result.output).toContain("is released");
    expect(watched.result.code).toBe(0);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("errornote");
    expect(watched.failures).toEqual([]);
    expect((await webContainer(pi)).Id).not.toBe(before.Id);

    // The old container has half of a form when it gets SIGTERM; only then comes the rest.
    async function slowly() {
      await until(
        "the next version to start",
        STEP,
        async () => (await appContainers(pi, "web")).length > 1 || undefined,
      );
      const form = await SlowForm.begin(admin);
      await until(`${old} to get SIGTERM`, STEP, async () => {
        const logged = await pi.attempt(`docker logs ${old} 2>&1 | grep -F 'Handling signal: term'`);
        return logged.code === 0 || undefined;
      });
      return form.end();
    }
  });

  it("runs Gunicorn with the settings' numbers", async () => {
    const { pi } = (await theLab()).machines;
    const { Name, Config, HostConfig } = await webContainer(pi);
    expect(Config.Env).toEqual(
      expect.arrayContaining([
        "HOMEPORT_GUNICORN=--threads 3 --timeout 40 --graceful-timeout 20",
        "PORT=8100",
        "WEB_CONCURRENCY=2",
      ]),
    );
    expect(HostConfig.Memory).toBe(400 * 1024 * 1024);
    // One parent and the workers.
    expect(await pi.lines(`docker top ${Name.slice(1)} -o pid,args | grep gunicorn`)).toHaveLength(3);
  });

  it("uses the rotated secrets: the new password logs in, the previous one does not", async () => {
    const { admin, adminPassword } = await outputs(await theLab());
    expect(adminPassword).not.toBe(passwordBefore);
    await AdminBrowser.open(admin, async (browser) => {
      expect(await browser.logIn(passwordBefore)).toBe(false);
      expect(await browser.logIn(adminPassword)).toBe(true);
    });
  });
});
