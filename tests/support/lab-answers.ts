import { answersIn } from "../../lab/stack/answers";
import { Lab } from "./lab";

/** How many requests for a page each backend of the edge's proxy has answered since a time of the edge's own clock, by `address:port`. */
export async function answersByBackend(lab: Lab, url: string, since: string): Promise<Map<string, number>> {
  const { hostname: host, pathname: path } = new URL(url);
  const log = await lab.machines.vps.run(
    `docker ps -q --filter label=homeport.config | xargs docker logs --since '${since}' 2>&1`,
  );
  const counts = new Map<string, number>();
  for (const { address } of answersIn(log, { client: lab.addresses.visitor, host, path }))
    counts.set(address, (counts.get(address) ?? 0) + 1);
  return counts;
}

/** The time on the edge, as its engine's logs take it. */
export async function edgeTime(lab: Lab): Promise<string> {
  return (await lab.machines.vps.run("date +%s.%N")).trim();
}
