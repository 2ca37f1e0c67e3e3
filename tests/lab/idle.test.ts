import { theLab } from "../support/lab";
import { looking } from "../support/lab-group";
import { snapshot } from "../support/lab-snapshot";

looking("an idle stack", () => {
  it("shows no change after a refresh", async () => {
    const { stack } = await theLab();
    const run = await stack.refresh("--expect-no-changes");
    expect(run).toMatchObject({ code: 0 });
  });

  it("is left alone by a second up, on the hosts too", async () => {
    const { stack, machines } = await theLab();
    const look = (): Promise<string[]> => Promise.all([snapshot(machines.vps), snapshot(machines.pi)]);
    const before = await look();
    const run = await stack.up("--expect-no-changes");
    expect(run).toMatchObject({ code: 0, changed: [] });
    expect(run.output).not.toMatch(/is unreachable|has drifted|warning: \w+ \(/);
    expect(await look()).toEqual(before);
  });
});
