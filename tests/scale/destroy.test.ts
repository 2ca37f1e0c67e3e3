import { provideLab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteContainers } from "../support/lab-site";
import { expectNothingLeft, Footprint, readFootprint } from "../support/lab-footprint";

const HOSTS = ["vps", "pi", "one", "two"] as const;

changing("destroy", () => {
  const footprints = new Map<string, Footprint>();

  afterAll(provideLab);

  it("removes everything from the machines, the edge's engine included", async () => {
    const { stack, machines } = await theLab();
    for (const host of HOSTS) footprints.set(host, await readFootprint(machines[host]));
    const { code, output } = await stack.destroy();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    expect(await machines.vps.lines("pgrep -ax dockerd || true")).toEqual([]);
    for (const server of [machines.pi, machines.one, machines.two]) {
      expect(await siteContainers(server)).toEqual([]);
      expect(output).toContain(`stays on ${server.name} in the Docker volume homeport-scale-data`);
    }
  });

  it.each(HOSTS)("leaves no file, unit, firewall table or tunnel on %s", async (name) => {
    const known = footprints.get(name);
    if (known === undefined) throw new Error(`the footprint on ${name} is unknown: the test that reads it has failed`);
    await expectNothingLeft((await theLab()).machines[name], known);
  });
});
