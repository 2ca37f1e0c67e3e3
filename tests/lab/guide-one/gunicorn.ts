import { randomUUID } from "node:crypto";

import { until } from "../../../lab/process";
import { answers, theLab } from "../../support/lab";
import { AdminBrowser } from "../../support/lab-admin";
import { pythonImages } from "../../support/lab-python";
import { appContainers, webContainer, whileVisited } from "../../support/lab-site";
import { SlowForm } from "../../support/lab-slow-form";
import { visit } from "../../support/lab-visitor";
import { SettingValues } from "../../support/lab-stack";

/** A line of Gunicorn's. */
interface Access {
  readonly logger?: string;
  readonly path?: string;
  readonly client?: string;
  readonly method?: string;
  readonly status?: number;
  readonly ms?: number;
}

const NUMBERS = { workers: 2, threads: 3, timeoutSeconds: 40, gracefulSeconds: 20, memoryMb: 400, port: 8100 };

/** Seconds a line may take into the log, and a container to the next step of its life. */
const SOON = 20;
const STEP = 240;

/** The server of the application. The last of these tests leave other settings behind, from which those of the image go on. */
export function gunicornTests(): void {
  let passwordBefore = "";

  it("logs who asked for what and how long it took, and neither queries nor cookies nor logins", async () => {
    const lab = await theLab();
    const { pi, visitor } = lab.machines;
    const [path, secret] = [`/posts/${randomUUID()}/`, randomUUID()];
    await visit(
      visitor,
      new URL(`${path}?token=${secret}`, (await answers(lab)).url).href,
      ...["--header", `Authorization: Bearer ${secret}`, "--cookie", `sessionid=${secret}`],
      ...["--referer", `https://elsewhere.example/?${secret}`, "--user-agent", secret],
    );
    const { Name } = await webContainer(pi);
    const access = await until(`Gunicorn's line about ${path}`, SOON, async () => {
      const lines = await pi.lines(`docker logs --since 5m ${Name.slice(1)} 2>&1 | grep -F ${path} || true`);
      return lines.map((line) => JSON.parse(line) as Access).find(({ logger }) => logger === "gunicorn.access");
    });
    expect(access).toMatchObject({ path, method: "GET", status: 404, client: lab.addresses.visitor });
    expect(access.ms).toBeGreaterThan(0);
    expect(await pi.lines(`docker logs --since 5m ${Name.slice(1)} 2>&1 | grep -F ${secret} || true`)).toEqual([]);
  });

  it("ends the requests it has begun when another version takes over, and no visitor notices", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const { admin, adminPassword } = await answers(lab);
    passwordBefore = adminPassword;
    const before = await webContainer(pi);
    const old = before.Name.slice(1);
    const run = randomUUID();
    const settings: SettingValues = {
      "homeport:app": { ...NUMBERS, rotate: { djangoKey: run, adminPassword: run } },
      "homeport:servers": [{ platform: "linux/amd64" }],
      "homeport:images": await pythonImages(lab, "linux/amd64"),
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

    // Half of a form is with the old one when it is told to end; only then comes the rest.
    async function slowly() {
      await until(
        "the next version to start",
        STEP,
        async () => (await appContainers(pi, "web")).length > 1 || undefined,
      );
      const form = await SlowForm.begin(admin);
      await until(`${old} to be told to end`, STEP, async () => {
        const told = await pi.attempt(`docker logs ${old} 2>&1 | grep -F 'Handling signal: term'`);
        return told.code === 0 || undefined;
      });
      return form.end();
    }
  });

  it("has the numbers of the settings", async () => {
    const { pi } = (await theLab()).machines;
    const { Name, Config, HostConfig } = await webContainer(pi);
    expect(Config.Env).toEqual(
      expect.arrayContaining([
        "GUNICORN_BIND=0.0.0.0:8100",
        "GUNICORN_GRACEFUL_TIMEOUT=20",
        "GUNICORN_THREADS=3",
        "GUNICORN_TIMEOUT=40",
        "GUNICORN_WORKERS=2",
      ]),
    );
    expect(HostConfig.Memory).toBe(400 * 1024 * 1024);
    // One parent and the workers.
    expect(await pi.lines(`docker top ${Name.slice(1)} -o pid,args | grep gunicorn`)).toHaveLength(3);
  });

  it("knows the rotated secrets: the new password lets the author in, the one before does not", async () => {
    const { admin, adminPassword } = await answers(await theLab());
    expect(adminPassword).not.toBe(passwordBefore);
    await AdminBrowser.open(admin, async (browser) => {
      expect(await browser.logIn(passwordBefore)).toBe(false);
      expect(await browser.logIn(adminPassword)).toBe(true);
    });
  });
}
