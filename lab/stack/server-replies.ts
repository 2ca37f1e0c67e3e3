import Docker from "dockerode";

import { exec, script } from "../engine/containers";
import { UserError } from "../../lib/errors";
import { HostName } from "../hosts/name";
import { containerName } from "../hosts/start";
import { quote } from "../../lib/quote";
import { Instance } from "../instance";
import { until } from "../process";

/** How often the visitor asks. */
export const REQUESTS = 10;

/** Seconds an answer may take, and the proxy to write it down: the first ones of an emulated processor on a busy machine took ten. */
const ANSWER = 30;

/** A request as the edge's proxy has written it down. */
export interface ServerReply {
  readonly status: number;
  /** Where it was sent, as `10.77.0.2:8444`; empty where it went nowhere. */
  readonly address: string;
}

/** What the visitor's requests got. */
export interface ServerReplies {
  /** How many of them were good. */
  readonly good: number;
  /** How many each server answered, in the order of the settings; 0 where none. */
  readonly byServer: ReadonlyMap<HostName, number>;
}

/** Which lines of a proxy's log are the visitor's. */
export interface Asked {
  readonly client: string;
  readonly host: string;
  readonly path: string;
}

/** One line of Traefik's access log, of what it has more than this. */
interface LogLine {
  readonly ClientHost?: string;
  readonly RequestHost?: string;
  readonly RequestPath?: string;
  readonly DownstreamStatus?: number;
  readonly ServiceAddr?: string;
}

/** The requests of one visitor for one page in Traefik's output, where access log and other words stand in turn. */
export function repliesIn(log: string, asked: Asked): ServerReply[] {
  return log
    .split("\n")
    .flatMap(logLine)
    .filter(
      (line) => line.ClientHost === asked.client && line.RequestHost === asked.host && line.RequestPath === asked.path,
    )
    .map(({ DownstreamStatus = 0, ServiceAddr = "" }) => ({ status: DownstreamStatus, address: ServiceAddr }));
}

function logLine(text: string): LogLine[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? [value] : [];
  } catch {
    return [];
  }
}

/** Counts the replies of each server; `addresses` are all addresses of each. */
export function countReplies(
  answered: readonly ServerReply[],
  addresses: ReadonlyMap<HostName, readonly string[]>,
): ServerReplies {
  const from = (own: readonly string[]): number =>
    answered.filter(({ address }) => own.includes(address.replace(/:\d+$/, ""))).length;
  return {
    good: answered.filter(({ status }) => status === 200).length,
    byServer: new Map([...addresses].map(([name, own]) => [name, from(own)])),
  };
}

/** Whether the site is served as it should be: every request succeeded, and every server answered. */
export function allReplied({ good, byServer }: ServerReplies): boolean {
  return good === REQUESTS && [...byServer.values()].every((count) => count > 0);
}

/** The counts as text: `pi 4, one 3, two 3`. */
export function repliesText({ byServer }: ServerReplies): string {
  return [...byServer].map(([name, count]) => `${name} ${count}`).join(", ");
}

/**
 * Has the visitor ask for the site's first page, and reads which server answered from the access log of the edge's proxy: no header of the
 * site says it. The log has neither headers nor queries, so other requests of the visitor for the same page would count too.
 */
export async function askServers(
  docker: Docker,
  instance: Instance,
  visitor: string,
  servers: readonly HostName[],
  url: string,
): Promise<ServerReplies> {
  const { hostname, pathname } = new URL(url);
  const edge = containerName(instance, "vps");
  const begin = (await script(docker, edge, "reading the clock", "date +%s.%N")).trim();
  const ask = `curl --silent --output /dev/null --max-time ${ANSWER} ${quote(url)} || true`;
  const each = Array.from({ length: REQUESTS }, () => ask).join("\n");
  await script(docker, containerName(instance, "visitor"), "asking for the site", each);
  const asked = { client: visitor, host: hostname, path: pathname };
  let answered: ServerReply[] = [];
  // A request that never reached the proxy is in no log: what is there at the end counts.
  await until("the edge's proxy to write down the requests", ANSWER, async () => {
    answered = repliesIn(await proxyLog(docker, edge, begin), asked);
    return answered.length >= REQUESTS ? true : undefined;
  }).catch(() => undefined);
  const addresses = await Promise.all(
    servers.map(async (name) => [name, await addressesOf(docker, containerName(instance, name))] as const),
  );
  return countReplies(answered, new Map(addresses));
}

/** What every proxy on a host has said since a time: the ones that a deploy has replaced have their own logs, and are gone with them. */
async function proxyLog(docker: Docker, host: string, since: string): Promise<string> {
  const text = [
    "docker ps --format '{{.ID}} {{.Image}} {{.Command}}' --no-trunc | grep -i traefik | cut -d ' ' -f 1 |",
    `while read -r id; do docker logs --since ${quote(since)} "$id" 2>&1; done`,
  ].join(" ");
  return script(docker, host, "reading the proxy's log", text);
}

/** The IPv4 addresses of a host, the tunnel's among them. */
async function addressesOf(docker: Docker, host: string): Promise<string[]> {
  const { code, stdout } = await exec(docker, host, ["ip", "-json", "-4", "address", "show"]);
  if (code !== 0) throw new UserError(`${host}: its addresses could not be read`);
  const links = JSON.parse(stdout) as readonly { readonly addr_info: readonly { readonly local?: string }[] }[];
  return links.flatMap((link) => link.addr_info.flatMap(({ local }) => local ?? []));
}
