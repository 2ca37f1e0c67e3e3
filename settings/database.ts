import { databaseLoad, leastMemory, LoadSettings, maxConnections, sortMemory } from "./database-connections";

/** What of the settings says which database there is, and for how many. */
interface DatabaseUse extends LoadSettings {
  readonly servers: readonly (LoadSettings["servers"][0] & { readonly name: string })[];
  readonly database: { readonly engine: string; readonly server?: string | undefined; readonly memoryMb: number };
}

/** Refuses a database that is not for several, that is on no server, or whose memory does not hold the connections of all containers. */
export function refuseDatabase(all: DatabaseUse, refuse: (path: string[], message: string) => void): void {
  const { servers, database } = all;
  const load = databaseLoad(all);
  if (load.containers > 1 && database.engine === "sqlite")
    refuse(
      ["database", "engine"],
      "must be postgresql with more than one container of the application: SQLite is a file of one machine",
    );
  if (database.server === undefined) return;
  if (!servers.some(({ name }) => name === database.server))
    refuse(["database", "server"], `${database.server} is not the name of a server`);
  const connections = maxConnections(load);
  if (sortMemory(database.memoryMb, connections) < 1)
    refuse(
      ["database", "memoryMb"],
      `${database.memoryMb} is too little for ${connections} connections (containers x app.workers x app.threads, twice during a deploy, and some more): ${leastMemory(connections)} at least, or fewer workers or threads`,
    );
}
