import { DATABASE, SERVICE_DOMAINS } from "../../lab/services/service";
import { answers, theLab } from "../support/lab";
import { failuresIn, steadyLoad } from "../support/lab-load";
import { whileVisited } from "../support/lab-site";

/** Seconds that a deploy to three servers is given under load. */
const DEPLOY = 240;

/** Nobody's. */
const WRONG_PASSWORD = "homeport-lab-nobody-3Kx9";

/** Deploys to all servers at once, and faults that must not cost the site anything. */
export function deployTests(): void {
  it("a second up changes nothing", async () => {
    const { stack } = await theLab();
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("a deploy under load loses no request", async () => {
    const lab = await theLab();
    const { url } = await answers(lab);
    const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: `Deployed at ${Date.now()}` } } };
    const loading = steadyLoad(lab.machines.visitor, url, 5, DEPLOY);
    const { seconds } = await lab.stack.deploy(settings);
    const load = await loading;
    expect(seconds).toBeLessThan(DEPLOY);
    expect(failuresIn(load)).toEqual([]);
  });

  it("new proxies on all servers come one after the other, and no visitor notices", async () => {
    const lab = await theLab();
    const proxies = ["traefik", "traefik-one", "traefik-two"];
    const options = proxies.flatMap((name) => ["--replace", `**docker:index/container:Container::${name}`]);
    const { result, asked, failures } = await whileVisited(lab, () => lab.stack.deploy({}, ...options));
    expect(result.changed).toEqual(expect.arrayContaining(proxies));
    expect(asked).toBeGreaterThan(proxies.length);
    expect(failures).toEqual([]);
  });

  it("a server that cannot be reached fails the deploy by its name, and the version before serves everywhere", async () => {
    const lab = await theLab();
    const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: "Never seen" } } };
    const { result, failures } = await whileVisited(lab, () =>
      lab.machines.two.hanging(() => lab.stack.withSettings(settings, () => lab.stack.up())),
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/two \(.*\) cannot be reached/);
    expect(result.changed).toEqual([]);
    expect(failures).toEqual([]);
  });

  it.each([
    ["the object storage is down", "s3", /storage|S3|bucket/i],
    ["the database is down", "db", /database/i],
  ] as const)("%s: the release says so, and nothing changes", async (_, name, words) => {
    const lab = await theLab();
    const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: `Without ${name}` } } };
    // The health URL answers without database and storage: what is asked here is who serves, not what it can do without them.
    const { result, failures } = await whileVisited(
      lab,
      () => lab.machines[name].hanging(() => lab.stack.withSettings(settings, () => lab.stack.up())),
      "/health",
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(words);
    expect(result.changed).not.toContain("app-web");
    expect(result.changed).not.toContain("app-ingress");
    expect(failures).toEqual([]);
  });

  it("a wrong password of the database: the release says so, and nothing changes", async () => {
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

  it("the next good up mends it all, unaided", async () => {
    const { stack } = await theLab();
    await stack.deploy();
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });
}
