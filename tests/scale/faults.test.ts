import { DATABASE, SERVICE_DOMAINS } from "../../lab/services/service";
import { Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteIsBack, whileVisited } from "../support/lab-site";
import { StackRun } from "../support/lab-stack";

/** Nobody's. */
const WRONG_PASSWORD = "homeport-lab-nobody-3Kx9";

changing("faults", () => {
  it("new proxies roll out one server after the other, unnoticed by visitors", async () => {
    const lab = await theLab();
    const proxies = ["traefik", "traefik-one", "traefik-two"];
    const options = proxies.flatMap((name) => ["--replace", `**docker:index/container:Container::${name}`]);
    const { result, asked, failures } = await whileVisited(lab, () => lab.stack.deploy({}, ...options));
    expect(result.changed).toEqual(expect.arrayContaining(proxies));
    expect(asked).toBeGreaterThan(proxies.length);
    expect(failures).toEqual([]);
  });

  it("the object storage is down: the release reports it, and the previous version serves", async () => {
    const lab = await theLab();
    const { result, failures } = await whileVisited(lab, () => upWithout(lab, "s3"));
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/storage|S3|bucket/i);
    for (const switched of SWITCHED) expect(result.changed).not.toContain(switched);
    expect(failures).toEqual([]);
  });

  it("the database is down: the release reports it, nothing changes, and the site is back with it", async () => {
    const lab = await theLab();
    const run = await upWithout(lab, "db");
    expect(run.code).not.toBe(0);
    expect(run.output).toMatch(/database/i);
    for (const switched of SWITCHED) expect(run.changed).not.toContain(switched);
    await siteIsBack(lab);
  });

  it("a wrong database password: the release reports it, and nothing changes", async () => {
    const lab = await theLab();
    const { name, user } = DATABASE;
    const url = `postgresql://${user}:${WRONG_PASSWORD}@${SERVICE_DOMAINS.db}/${name}`;
    const { result, failures } = await whileVisited(lab, () =>
      lab.stack.withSecret("homeport:databaseUrl", url, (options) => lab.stack.up(...options)),
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/password authentication failed/);
    expect(result.output).not.toContain(WRONG_PASSWORD);
    expect(result.changed).not.toContain("app-web");
    expect(failures).toEqual([]);
  });

  it("the next good up fixes everything", async () => {
    const { stack } = await theLab();
    await stack.deploy();
  });
});

/** What a release that failed must not have reached. */
const SWITCHED = ["app-web", "app-gate", "app-ingress"];

/** A deploy while a machine of others hangs. */
async function upWithout({ stack, machines }: Lab, name: "db" | "s3"): Promise<StackRun> {
  const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: `Without ${name}` } } };
  return machines[name].hanging(() => stack.withSettings(settings, () => stack.up()));
}
