import { suffer } from "../support/bad-luck";
import { theLab } from "../support/lab";
import { appContainers, webContainer, whileVisited } from "../support/lab-site";
import { ENDS_AT_ONCE, OF_THE_APPLICATION } from "./bad-deploys";

const WORKERS = 2;

/** A deploy that cannot come up does no harm, and is repaired by the next. */
export function failedDeployTests(): void {
  it("fails and says why, while the version before serves on", async () => {
    const lab = await theLab();
    const before = await webContainer(lab.machines.pi);
    await suffer(ENDS_AT_ONCE);
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
