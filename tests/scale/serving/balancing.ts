import { outputs, Lab, theLab } from "../../support/lab";
import { spread, unaskedPage, untilAnsweredBy } from "../../support/lab-replies";
import { failuresIn, steadyLoad } from "../../support/lab-load";
import { appContainers } from "../../support/lab-site";
import { visit } from "../../support/lab-visitor";

/** Seconds between two of the proxy's health checks, and for an answer: `components/proxy/routes.ts`. */
const INTERVAL = 5;
const TIMEOUT = 3;

/** Requests a second. */
const RATE = 50;

/** Seconds until a server that is back is asked again: its boot, and its containers' start on an emulated processor. */
const BACK = 240;

/** Requests go to all servers alike, and to no dead one. */
export function balancingTests(): void {
  it("spreads requests evenly over the servers, within 5 %", async () => {
    const lab = await theLab();
    const counts = [...(await spread(lab, 300)).counts.values()];
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(300);
    expect(counts).toHaveLength(3);
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(5);
  });

  it("answers by HTTP/2, compressed, and redirects http to https for good", async () => {
    const lab = await theLab();
    const { url } = await outputs(lab);
    const page = await visit(
      lab.machines.visitor,
      url,
      "--http2",
      "--header",
      "Accept-Encoding: gzip",
      "--output",
      "-",
    );
    expect(page).toMatchObject({ version: "2", status: 200 });
    expect(page.headers["content-encoding"]).toBe("gzip");
    const { status, headers } = await visit(lab.machines.visitor, url.replace("https:", "http:"));
    expect(status).toBe(301);
    expect(headers["location"]).toBe(url);
  });

  it.each([
    ["a killed container", killContainer],
    ["a server whose power is cut", cutPower],
  ])("loses at most 1 %% of the requests for two intervals by %s, and then none", async (_, kill) => {
    const lab = await theLab();
    // A page of the site costs an emulated processor half a second: 50 of them a second would be a test of the emulator.
    const url = new URL("/robots.txt", (await outputs(lab)).url).href;
    const seconds = 40;
    const at = 5;
    const loading = steadyLoad(lab.machines.visitor, url, RATE, seconds);
    await new Promise((resolve) => setTimeout(resolve, at * 1000));
    const repair = await kill(lab);
    try {
      const load = await loading;
      const settled = at + 2 * INTERVAL + TIMEOUT;
      expect(load.requests).toHaveLength(RATE * seconds);
      expect(failuresIn(load, settled)).toEqual([]);
      expect(failuresIn(load, 0, settled).length).toBeLessThanOrEqual(0.01 * RATE * settled);
    } finally {
      await repair();
    }
  });

  it("sends requests to a recovered server again", async () => {
    const lab = await theLab();
    await untilAnsweredBy(lab, await unaskedPage(lab), 3, { times: 9, seconds: BACK });
  });
}

/** Undoes the damage. */
type Repair = () => Promise<void>;

async function killContainer({ machines: { one } }: Lab): Promise<Repair> {
  const [web] = await appContainers(one, "web");
  const name = web?.Name.slice(1) ?? "";
  await one.run(`docker kill --signal KILL ${name}`);
  return async () => {
    await one.run(`docker start ${name}`);
  };
}

async function cutPower({ machines: { two }, docker }: Lab): Promise<Repair> {
  await docker.getContainer(two.container).kill();
  return async () => {
    await docker.getContainer(two.container).start();
  };
}
