import { suffer } from "../support/bad-luck";
import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { appContainers, webContainer, whileVisited } from "../support/lab-site";
import { ENDS_AT_ONCE, OF_THE_APPLICATION } from "./bad-luck/deploys";
import { BEFORE_THE_ROUTES, MOST_TELLING } from "./bad-luck/projects";

changing("a failed deploy", () => {
  it("fails with its cause, while the previous version serves", async () => {
    const lab = await theLab();
    const before = await webContainer(lab.machines.pi);
    await suffer(ENDS_AT_ONCE);
    const still = (await appContainers(lab.machines.pi, "web")).find(({ Id }) => Id === before.Id);
    expect(still?.State).toMatchObject({ Running: true, StartedAt: before.State.StartedAt });
  });

  it.each(MOST_TELLING)("is reported before any visitor meets it: $name", suffer);

  it("is fixed by the next good one, which changes only the application, drops no request and leaves nothing behind", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const { result, failures } = await whileVisited(lab, () => lab.stack.up());
    expect(result.code).toBe(0);
    expect(result.changed).toContain("app-web");
    const passing = [...OF_THE_APPLICATION, ...BEFORE_THE_ROUTES];
    expect(result.changed.filter((name) => !passing.includes(name))).toEqual([]);
    expect(failures).toEqual([]);
    expect(await appContainers(pi, "web")).toHaveLength(1);
    expect(await appContainers(pi, "release")).toHaveLength(1);
  });
});
