import { outputs, theLab } from "../../support/lab";
import { failuresIn, loadDuring } from "../../support/lab-load";
import { whileVisited } from "../../support/lab-site";

/** Requests a second: a page costs the emulated processor half a second. */
const RATE = 5;

/** Seconds that a deploy to three servers takes at least. */
const LEAST = 20;

/** Deploys to all servers at once. */
export function deployTests(): void {
  it("a deploy under load loses no request", async () => {
    const lab = await theLab();
    const { url } = await outputs(lab);
    const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: `Deployed at ${Date.now()}` } } };
    const load = await loadDuring(lab.machines.visitor, url, RATE, () => lab.stack.deploy(settings));
    expect(load.requests.length).toBeGreaterThan(RATE * LEAST);
    expect(failuresIn(load)).toEqual([]);
  });

  it("an unreachable server fails the deploy and is named, and the previous version serves everywhere", async () => {
    const lab = await theLab();
    const settings = { "homeport:app": { environment: { DJANGO_SITE_TAGLINE: "Never seen" } } };
    const { result, failures } = await whileVisited(lab, () =>
      lab.machines.two.hanging(() => lab.stack.withSettings(settings, () => lab.stack.up())),
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(/two \(.*\) is unreachable/);
    expect(result.changed).toEqual([]);
    expect(failures).toEqual([]);
  });

  it("the next good up fixes everything", async () => {
    const { stack } = await theLab();
    await stack.deploy();
  });
}
