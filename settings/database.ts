import { databaseLoad, leastMemory, LoadSettings, maxConnections, sortMemory } from "./database-connections";
import { Refuse } from "./rules";

/** The settings that select and size the database. */
interface DatabaseUse extends LoadSettings {
  readonly servers: readonly (LoadSettings["servers"][0] & { readonly name: string })[];
  readonly database: { readonly engine: string; readonly server?: string | undefined; readonly memoryMb: number };
}

/** Refuses SQLite with several containers, an unknown server, and memory too small for all connections. */
export function refuseDatabase(all: DatabaseUse, refuse: Refuse): void {
  const { servers, database } = all;
  const load = databaseLoad(all);
  if (load.containers > 1 && database.engine === "sqlite")
    refuse(
      ["database", "engine"],
      "must be postgresql with more than one application container: SQLite is a file on one machine",
    );
  if (database.server === undefined) return;
  if (!servers.some(({ name }) => name === database.server))
    refuse(["database", "server"], `${database.server} is not the name of a server`);
  const connections = maxConnections(load);
  if (sortMemory(database.memoryMb, connections) < 1)
    refuse(
      ["database", "memoryMb"],
      `${database.memoryMb} is too little for ${connections} connections (containers x app.workers x app.threads, doubled during a deploy, plus a reserve): set at least ${leastMemory(connections)}, or fewer workers or threads`,
    );
}

/** Refuses a server with the database in a stack that has no servers of its own. */
export function refuseDatabaseServer({ database }: Pick<DatabaseUse, "database">, refuse: Refuse): void {
  if (database.server !== undefined)
    refuse(["database", "server"], "needs this stack to have servers: use sqlite, or databaseUrl");
}
