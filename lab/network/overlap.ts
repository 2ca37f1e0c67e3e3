import { UserError } from "../../lib/errors";
import { overlaps, parseCidr } from "../../lib/cidr";

/** A network that is taken, and by whom. */
export interface Taken {
  readonly cidr: string;
  /** Such as `route of eth0` or `Docker network other_default`. */
  readonly owner: string;
}

/** One of the lab's networks and the setting that moves it. */
export interface Wanted {
  readonly cidr: string;
  readonly option: "--internet" | "--home";
}

/** The environment variable that says the same as each option. */
const VARIABLE = { "--internet": "HOMEPORT_LAB_INTERNET", "--home": "HOMEPORT_LAB_HOME" } as const;

/** Refuses networks that someone else on this machine uses, naming the first owner of each and the setting to change. */
export function refuseOverlap(wanted: readonly Wanted[], taken: readonly Taken[]): void {
  const faults = wanted.flatMap(({ cidr, option }) =>
    taken
      .filter((other) => overlaps(parseCidr(cidr), parseCidr(other.cidr)))
      .slice(0, 1)
      .map(
        (other) =>
          `${cidr} is in use (${other.cidr}, ${other.owner}): choose another network with ${option} or ${VARIABLE[option]}`,
      ),
  );
  if (faults.length > 0) {
    throw new UserError(faults.join("\n"));
  }
}

/** A route as `ip -json -4 route show table all` gives it. */
interface Route {
  readonly dst?: string;
  readonly dev?: string;
  readonly type?: string;
}

/** The networks this machine has routes to, from the output of `ip -json -4 route show table main`. The default route is none of them. */
export function takenByRoutes(json: string, ownDevices: ReadonlySet<string>): Taken[] {
  const routes = JSON.parse(json === "" ? "[]" : json) as readonly Route[];
  return routes
    .filter((route) => route.dst !== undefined && route.dst !== "default" && !ownDevices.has(route.dev ?? ""))
    .map((route) => ({
      cidr: networkOf(route.dst ?? ""),
      owner: `route of ${route.dev ?? route.type ?? "this machine"}`,
    }));
}

/** The networks the machine's resolvers are in: a lab on top of one would cut off all names. */
export function takenByResolvers(resolvConf: string): Taken[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map((match) => ({
    cidr: networkOf(match[1] ?? ""),
    owner: "name server in /etc/resolv.conf",
  }));
}

function networkOf(destination: string): string {
  return destination.includes("/") ? destination : `${destination}/32`;
}
