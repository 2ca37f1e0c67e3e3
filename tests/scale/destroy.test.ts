import { provideLab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteContainers } from "../support/lab-site";
import { expectNothingLeft, Told, whatItWasTold } from "../support/lab-drift";

const HOSTS = ["vps", "pi", "one", "two"] as const;

changing("destroy", () => {
  const told = new Map<string, Told>();

  afterAll(provideLab);

  it("takes everything off the machines, the edge's engine included", async () => {
    const { stack, machines } = await theLab();
    for (const host of HOSTS) told.set(host, await whatItWasTold(machines[host]));
    const { code, output } = await stack.destroy();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(await machines.vps.lines("pgrep -ax dockerd || true")).toEqual([]);
    for (const server of [machines.pi, machines.one, machines.two]) {
      expect(await siteContainers(server)).toEqual([]);
      expect(output).toContain(`stays on ${server.name} in the Docker volume homeport-scale-data`);
    }
  });

  it.each(HOSTS)("leaves no file, unit, firewall table or tunnel on %s", async (name) => {
    const known = told.get(name);
    if (known === undefined) throw new Error(`what ${name} was told is not known: the test before has not come so far`);
    await expectNothingLeft((await theLab()).machines[name], known);
  });
});
