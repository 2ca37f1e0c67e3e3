import { Login } from "../../settings";
import { UserError } from "../../lib/errors";
import { SharedHost } from "./shared-host";

/** Describes the moves that are possible. */
const GUIDE = "docs/scale-out.md";

/** The settings that may not change freely. */
export interface Places {
  /** The servers in their order; the first also runs the release and the jobs. */
  readonly servers: readonly Pick<Login, "name" | "address" | "port" | "hostKey">[];
  /** Name of the server that is to run the database; undefined: none does. */
  readonly database: string | undefined;
}

/**
 * Refuses what would make a machine another server than it is. Resource names derive from a server's name, or from its being the first; the bundles
 * on a machine have the same names everywhere. So what is taken off the old server would be taken off the new one, if that is the same machine.
 */
export function refuseMoves(previous: SharedHost | undefined, places: Places): void {
  if (previous === undefined) return;
  const faults = [...otherFirst(previous, places), ...otherNames(previous, places), ...otherDatabase(previous, places)];
  if (faults.length > 0) throw new UserError(faults.join("\n"));
}

function otherFirst({ server: { name } }: SharedHost, { servers: [first] }: Places): string[] {
  if (first === undefined || first.name === name) return [];
  return [
    `servers[0].name: the first server was ${name}, the settings say ${first.name}. Resource names, the first tunnel address, the release and the jobs belong to the ` +
      `first, so that what is taken off ${name} would be missing on ${first.name}; nothing was changed. Let ${name} be the first again, under this name. ` +
      `To put another machine in its place: ${GUIDE}, "Another first server"`,
  ];
}

function otherNames({ server, others }: SharedHost, { servers }: Places): string[] {
  const known = [server, ...others];
  return servers.flatMap((one, index) => {
    const was = known.find((other) => isAt(one, other)) ?? machineOfKey(one.hostKey, known, servers);
    // Another first server is reported once.
    if (was === undefined || was.name === one.name || (index === 0 && one.name !== server.name)) return [];
    return [
      `servers[${index}].name: the machine ${one.address} was the server ${was.name}, the settings say ${one.name}. What is taken off ${was.name} would be taken off ` +
        `${one.name} as well; nothing was changed. Name it ${was.name} again, or take it out first: 'pulumi up' without it, and another one with its new name`,
    ];
  });
}

type Machine = Places["servers"][0];

function isAt(one: Machine, other: Machine): boolean {
  return one.address === other.address && one.port === other.port;
}

/** The machine of a host key that moved to another address. A key of several machines says nothing: cards written from one image share it. */
function machineOfKey<M extends Machine>(
  hostKey: string,
  known: readonly M[],
  servers: readonly Machine[],
): M | undefined {
  const [was, ...more] = known.filter((one) => one.hostKey === hostKey);
  const [, second] = servers.filter((one) => one.hostKey === hostKey);
  return more.length > 0 || second !== undefined ? undefined : was;
}

function otherDatabase({ database: was }: SharedHost, { database: now }: Places): string[] {
  return was === undefined || now === undefined || was === now ? [] : [databaseFault(was, now)];
}

/** Refuses a server that has the stack's database when another is to run it; `has`: whether the database was applied to it and not removed since. */
export function refuseOtherDatabase(server: string, has: boolean, database: string | undefined): void {
  if (has && database !== undefined && database !== server) throw new UserError(databaseFault(server, database));
}

function databaseFault(was: string, now: string): string {
  return (
    `database.server: the database is on ${was}; on ${now} it would be empty. Nothing was changed. Set it to ${was} again. ` +
    `To move its data to another server: ${GUIDE}, "PostgreSQL on another server"`
  );
}
