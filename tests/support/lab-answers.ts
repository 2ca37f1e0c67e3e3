import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { answersIn } from "../../lab/stack/answers";
import { answers, Lab } from "./lab";

/** Seconds until the proxy has written down what it answered. */
const WRITTEN = 20;

/** How many requests for a page each backend of the proxy where TLS ends has answered since a time of that machine's clock, by `address:port`. */
export async function answersByBackend(
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
  for (const { address } of answersIn(log, { client: lab.addresses.visitor, host, path }))
    counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

/** The time on the edge, as its engine's logs take it. All machines of the lab have one clock. */
export async function edgeTime(lab: Lab): Promise<string> {
  return (await lab.machines.vps.run("date +%s.%N")).trim();
}

/** A page that was asked for, and how many of the requests each backend answered. */
export interface Spread {
  readonly path: string;
  readonly counts: ReadonlyMap<string, number>;
}

/** Has the visitor ask so many times for a page that costs the application little and that nobody else asks for. */
export async function spread(lab: Lab, times: number, proxy = lab.machines.vps): Promise<Spread> {
  const path = `/nothing-${randomUUID()}`;
  const url = new URL(path, (await answers(lab)).url).href;
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
  return { path, counts };
}
