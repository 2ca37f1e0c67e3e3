import { theLab } from "../support/lab";
import { appContainers, webContainer, whileVisited } from "../support/lab-site";

/** Gunicorn's settings refuse it, so the new version never becomes healthy; its release commands do not read it. */
const BROKEN = { GUNICORN_TIMEOUT: "soon" };

/** Seconds the broken version is given; the lab's own number suits slow processors. */
const PATIENCE = 15;

const WORKERS = 2;

/** What may change when the application's settings do. */
const OF_THE_APPLICATION = ["app-release", "app-release-run", "app-route", "app-web"];

/** A deploy that cannot come up does no harm, and is repaired by the next. */
export function failedDeployTests(): void {
  it("fails and says why, while the version before serves on", async () => {
    const lab = await theLab();
    const before = await webContainer(lab.machines.pi);
    const { result, asked, failures } = await whileVisited(lab, () =>
      lab.stack.withSettings({ "homeport:app": { environment: BROKEN, startSeconds: PATIENCE } }, () => lab.stack.up()),
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/app-web/);
    expect(result.output).toMatch(/GUNICORN_TIMEOUT is 'soon'|health/);
    expect(result.changed.filter((name) => !OF_THE_APPLICATION.includes(name))).toEqual([]);
    expect(asked).toBeGreaterThan(10);
    expect(failures).toEqual([]);
    const still = (await appContainers(lab.machines.pi, "web")).find(({ Id }) => Id === before.Id);
    expect(still?.State).toMatchObject({ Running: true, StartedAt: before.State.StartedAt });
  });

  it("is repaired by a good one, which changes the application alone and drops no request", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const { result, failures } = await whileVisited(lab, () =>
      lab.stack.withSettings({ "homeport:app": { workers: WORKERS } }, () => lab.stack.up()),
    );
    expect(result.code).toBe(0);
    expect(result.changed).toContain("app-web");
    expect(result.changed.filter((name) => !OF_THE_APPLICATION.includes(name))).toEqual([]);
    expect(failures).toEqual([]);
    // One parent process and the workers.
    const { Name } = await webContainer(pi);
    expect(await pi.lines(`docker top ${Name.slice(1)} -o pid,args | grep gunicorn`)).toHaveLength(WORKERS + 1);
  });

  it("leaves no container behind that nobody knows", async () => {
    const { machines, stack } = await theLab();
    expect(await appContainers(machines.pi, "web")).toHaveLength(1);
    expect(await appContainers(machines.pi, "release")).toHaveLength(1);
    await stack.withSettings({ "homeport:app": { workers: WORKERS } }, async () => {
      expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
    });
  });
}
