import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { repliesIn } from "../../lab/stack/server-replies";
import { outputs, Lab } from "./lab";
import { visit } from "./lab-visitor";

/** Seconds until the proxy has written down what it answered. */
const WRITTEN = 20;

/** How many requests for a page each backend of the proxy where TLS ends has answered since a time of that machine's clock, by `address:port`. */
async function answersByBackend(
  lab: Lab,
  url: string,
  since: string,
  proxy = lab.machines.vps,
): Promise<Map<string, number>> {
  const { hostname: host, pathname: path } = new URL(url);
  const log = await proxy.run(
    `docker ps -q --filter label=homeport.config | xargs docker logs --since '${since}' 2>&1`,
  );
  const counts = new Map<string, number>();
  for (const { address } of repliesIn(log, { client: lab.addresses.visitor, host, path }))
    counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

/** The time on the edge, as its engine's logs take it. All machines of the lab have one clock. */
async function edgeTime(lab: Lab): Promise<string> {
  return (await lab.machines.vps.run("date +%s.%N")).trim();
}

/** A page that costs the application little, and that nobody else asks for. */
export async function unaskedPage(lab: Lab): Promise<string> {
  return new URL(`/nothing-${randomUUID()}`, (await outputs(lab)).url).href;
}

/** Has the visitor ask for a page so many times, again and again until the answers come from just so many backends of the edge's proxy. */
export async function untilAnsweredBy(
  lab: Lab,
  url: string,
  backends: number,
  { times, seconds }: { readonly times: number; readonly seconds: number },
): Promise<void> {
  await until(`${backends} servers to answer`, seconds, async () => {
    const since = await edgeTime(lab);
    for (let asked = 0; asked < times; asked += 1) await visit(lab.machines.visitor, url);
    return (await answersByBackend(lab, url, since)).size === backends ? true : undefined;
  });
}

/** A page that was asked for, and how many of the requests each backend answered. */
export interface Spread {
  readonly path: string;
  readonly counts: ReadonlyMap<string, number>;
}

/** Has the visitor ask so many times for a page that costs the application little and that nobody else asks for. */
export async function spread(lab: Lab, times: number, proxy = lab.machines.vps): Promise<Spread> {
  const url = await unaskedPage(lab);
  const since = await edgeTime(lab);
  await lab.machines.visitor.run(
    `for n in $(seq ${times}); do echo 'url = "${url}"'; echo 'output = "/dev/null"'; done | curl -s --max-time 20 --no-keepalive -K -`,
  );
  const counts = await until(`the proxy to write down ${times} requests`, WRITTEN, async () => {
    const found = await answersByBackend(lab, url, since, proxy);
    const sum = [...found.values()].reduce((all, one) => all + one, 0);
    if (sum !== times) throw new Error(`${sum} of ${times}`);
    return found;
  });
  return { path: new URL(url).pathname, counts };
}
