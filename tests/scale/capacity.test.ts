import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { outputs, Lab, theLab } from "../support/lab";
import { untilAnsweredBy } from "../support/lab-replies";
import { changing } from "../support/lab-group";
import { throughput } from "../support/lab-load";
import { loggedRequests } from "../support/lab-log";
import { LabMachine } from "../support/lab-machine";
import { PAGES, deployWithPages, WAIT } from "../support/lab-pages";
import { proxyContainer } from "../support/lab-proxy";
import { appContainers, webContainer } from "../support/lab-site";
import { visit } from "../support/lab-visitor";

/** Threads that one server answers with; few, so that an emulated processor has no work but waiting. */
const THREADS = 4;

const SETTINGS = {
  "homeport:app": { workers: 1, threads: THREADS },
  // An emulated processor reads a gigabyte more slowly than in Traefik's own 60 s.
  "homeport:proxy": { readTimeoutSeconds: 600 },
};

/** Seconds of one measurement. */
const MEASURED = 20;

/** Seconds until the edge asks other servers than before. */
const ROTATION = 120;

/** Bytes. */
const MEBIBYTE = 2 ** 20;
const UPLOAD = 1024 * MEBIBYTE;

/** Above what a proxy has anyway (60 MB, `components/traefik.ts`), and far below an upload. */
const PROXY_MEMORY = 160 * MEBIBYTE;

/** What a log may grow by meanwhile. */
const PROXY_WRITES = 16 * MEBIBYTE;

changing("capacity", () => {
  const rates = new Map<number, number>();

  beforeAll(async () => {
    await deployWithPages(await theLab(), SETTINGS);
  });

  afterAll(async () => {
    await (await theLab()).stack.deploy();
  });

  it.each([1, 2, 3])(
    "a page that only waits is answered by %i servers as often as one can, so many times",
    async (n) => {
      const lab = await theLab();
      const { pi, two } = lab.machines;
      const url = new URL(PAGES.wait, (await outputs(lab)).url).href;
      await withoutSite([two, pi].slice(0, 3 - n), async () => {
        await untilAnsweredBy(lab, url, n, { times: 6, seconds: ROTATION });
        rates.set(n, await throughput(lab.machines.visitor, url, 2 * THREADS * n, MEASURED));
      });
      const single = rates.get(1) ?? NaN;
      expect(single).toBeLessThanOrEqual((1.1 * THREADS) / WAIT);
      expect(single).toBeGreaterThanOrEqual((0.9 * THREADS) / WAIT);
      expect(rates.get(n)).toBeGreaterThanOrEqual(0.9 * n * single);
    },
  );

  it.each([
    ["GET", 3],
    ["POST", 1],
    ["PATCH", 1],
  ])("a %s that was answered by an error is asked of %i servers", async (method, asked) => {
    const lab = await theLab();
    const url = new URL(`${PAGES.fail}${randomUUID()}`, (await outputs(lab)).url).href;
    const page = await visit(lab.machines.visitor, url, "--request", method, "--header", "Content-Length: 0");
    expect({ status: page.status, type: page.headers["content-type"] }).toEqual({
      status: 500,
      type: "text/html; charset=utf-8",
    });
    expect((await answeredBy(lab, url)).length).toBe(asked);
  });

  it("an upload of 1 GB goes through the proxies without filling memory or disk", async () => {
    const lab = await theLab();
    const { visitor, vps, pi, one, two } = lab.machines;
    const url = new URL(PAGES.count, (await outputs(lab)).url).href;
    const proxies = [vps, pi, one, two];
    const before = await Promise.all(proxies.map(written));
    await visitor.run(`truncate -s ${UPLOAD} /tmp/upload`);
    const counted = await visitor.run(
      `curl --silent --show-error --fail --max-time 600 --request POST --upload-file /tmp/upload '${url}'; rm /tmp/upload`,
    );
    expect(Number(counted)).toBe(UPLOAD);
    for (const [index, machine] of proxies.entries()) {
      const name = machine.name;
      expect({ name, peak: (await peakMemory(machine)) < PROXY_MEMORY }).toEqual({ name, peak: true });
      expect({ name, wrote: (await written(machine)) - (before[index] ?? 0) < PROXY_WRITES }).toEqual({
        name,
        wrote: true,
      });
    }
  });
});

/** The servers whose application has answered a request for a page, as they have logged it. */
async function answeredBy({ machines: { pi, one, two } }: Lab, url: string): Promise<string[]> {
  const { pathname } = new URL(url);
  const times = async (machine: LabMachine): Promise<string[]> => {
    const { Name } = await webContainer(machine);
    // Django's own line and Gunicorn's.
    const lines = await until(`${machine.name} to have written its lines`, 10, async () => {
      const found = await loggedRequests(machine, Name.slice(1), pathname);
      return found.length % 2 === 0 ? found : undefined;
    });
    return lines.slice(lines.length / 2).map(() => machine.name);
  };
  return (await Promise.all([pi, one, two].map(times))).flat();
}

/** Does something while the site's containers on some servers are stopped. */
async function withoutSite(machines: readonly LabMachine[], action: () => Promise<void>): Promise<void> {
  const stopped: (() => Promise<string>)[] = [];
  try {
    for (const machine of machines) {
      const names = (await appContainers(machine, "web")).map(({ Name }) => Name.slice(1)).join(" ");
      stopped.push(() => machine.run(`docker start ${names}`));
      await machine.run(`docker stop ${names}`);
    }
    await action();
  } finally {
    for (const start of stopped) await start();
  }
}

/** The largest memory that a machine's proxy has had, bytes (proc_pid_status(5), VmHWM). */
async function peakMemory(machine: LabMachine): Promise<number> {
  return 1024 * Number(await ofProxy(machine, "awk '$1 == \"VmHWM:\" { print $2 }' /proc/$pid/status"));
}

/** The bytes that a machine's proxy has written to a disk so far (proc_pid_io(5)). */
async function written(machine: LabMachine): Promise<number> {
  return Number(await ofProxy(machine, "awk '$1 == \"write_bytes:\" { print $2 }' /proc/$pid/io"));
}

async function ofProxy(machine: LabMachine, command: string): Promise<string> {
  const container = await proxyContainer(machine);
  return machine.run(`pid=$(docker inspect --format '{{.State.Pid}}' ${container})\n${command}`);
}
