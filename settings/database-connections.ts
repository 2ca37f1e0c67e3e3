/** What opens connections to the database. */
export interface DatabaseLoad {
  /** Of the application, on all servers. */
  readonly containers: number;
  /** Processes of a container. */
  readonly workers: number;
  /** Of each worker; each keeps a connection of its own (CONN_MAX_AGE in the example's settings). */
  readonly threads: number;
  readonly jobs: number;
}

/** The load of settings as a person has them. */
export function databaseLoad({ servers, app }: LoadSettings): DatabaseLoad {
  const containers = servers.reduce((sum, { replicas }) => sum + replicas, 0);
  return { containers, workers: app.workers, threads: app.threads, jobs: app.jobs.length };
}

/** What of the settings says how many there are. */
export interface LoadSettings {
  readonly servers: readonly { readonly replicas: number }[];
  readonly app: { readonly workers: number; readonly threads: number; readonly jobs: readonly unknown[] };
}

/** Connections at a time without a reason for more: PostgreSQL's own default. */
const LEAST_CONNECTIONS = 100;

/** During a deploy the new containers have their connections, and the old ones theirs still. */
const GENERATIONS = 2;

/** Three that PostgreSQL keeps for its superuser (superuser_reserved_connections), and a person's command. */
const RESERVE = 4;

/** Memory of a connection that has read from some tables, megabytes: "just under 2 MiB" (Andres Freund, Measuring the Memory Overhead of a Postgres Connection, 2020). */
const CONNECTION_MB = 2;

/** What PostgreSQL has for its own cache, for each process that cleans up, and for a sort: one of so many parts of its memory. */
export const MEMORY_PARTS = { cache: 4, cleaning: 16, sort: 128 } as const;

/** Processes that clean up at a time. */
export const CLEANERS = 2;

/** The share of the memory that is left for connections. */
const FOR_CONNECTIONS = 1 - 1 / MEMORY_PARTS.cache - CLEANERS / MEMORY_PARTS.cleaning;

/** One connection of so many sorts at a time: all of them at once may need more memory than there is. */
const SORTING = 4;

/** How many connections may be open at a time, 100 or more. */
export function maxConnections({ containers, workers, threads, jobs }: DatabaseLoad): number {
  return Math.max(LEAST_CONNECTIONS, GENERATIONS * containers * workers * threads + RESERVE + jobs);
}

/** Memory for a sort, megabytes, in a database of so many; below 1 the connections do not fit in it. Up to 100 of them are not counted. */
export function sortMemory(memoryMb: number, connections: number): number {
  const usual = Math.max(1, Math.floor(memoryMb / MEMORY_PARTS.sort));
  if (connections <= LEAST_CONNECTIONS) return usual;
  const room = memoryMb * FOR_CONNECTIONS - connections * CONNECTION_MB;
  return Math.min(usual, Math.floor((room * SORTING) / connections));
}

/** The least memory that holds so many connections, megabytes. */
export function leastMemory(connections: number): number {
  return Math.ceil((connections * (CONNECTION_MB + 1 / SORTING)) / FOR_CONNECTIONS);
}
