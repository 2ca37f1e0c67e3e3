import { theLab } from "../support/lab";
import { looking } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";

looking("an unreachable machine", () => {
  it("is named by preview, which invents no change", async () => {
    const lab = await theLab();
    const { stack, machines } = lab;
    const run = await machines.vps.hanging(() => stack.preview("--expect-no-changes"));
    expect(run).toMatchObject({ code: 0, changed: [] });
    expect(run.output).toContain(`vps (${machines.vps.address}) is unreachable`);
    expect(run.output).not.toContain("pi (");
    await siteIsBack(lab);
  });
});
