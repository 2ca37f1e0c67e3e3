/** What opens connections to the database. */
export interface DatabaseLoad {
  /** Application containers, on all servers. */
  readonly containers: number;
  /** Processes per container. */
  readonly workers: number;
  /** Per worker; each keeps its own connection (CONN_MAX_AGE, which the adapter sets). */
  readonly threads: number;
  readonly jobs: number;
}

/** Of a server that the settings leave alone: what an image without a Dockerfile of its own starts. */
const USUAL = { workers: 3, threads: 4 } as const;

/** The load that the settings declare. */
export function databaseLoad({ servers, app }: LoadSettings): DatabaseLoad {
  const containers = servers.reduce((sum, { replicas }) => sum + replicas, 0);
  const { workers = USUAL.workers, threads = USUAL.threads, jobs } = app;
  return { containers, workers, threads, jobs: jobs.length };
}

/** The settings that determine the load. */
export interface LoadSettings {
  readonly servers: readonly { readonly replicas: number }[];
  readonly app: {
    readonly workers?: number | undefined;
    readonly threads?: number | undefined;
    readonly jobs: readonly unknown[];
  };
}

/** The minimum: PostgreSQL's default. */
const LEAST_CONNECTIONS = 100;

/** During a deploy old and new containers are connected at once. */
const GENERATIONS = 2;

/** Three that PostgreSQL keeps for its superuser (superuser_reserved_connections), and one for a manual command. */
const RESERVE = 4;

/** Memory of a connection that has read from some tables, megabytes: "just under 2 MiB" (Andres Freund, Measuring the Memory Overhead of a Postgres Connection, 2020). */
const CONNECTION_MB = 2;

/** Divisors of PostgreSQL's memory: its cache, each autovacuum worker, a sort. */
export const MEMORY_PARTS = { cache: 4, cleaning: 16, sort: 128 } as const;

/** Concurrent autovacuum workers. */
export const CLEANERS = 2;

/** The share of the memory that is left for connections. */
const FOR_CONNECTIONS = 1 - 1 / MEMORY_PARTS.cache - CLEANERS / MEMORY_PARTS.cleaning;

/** One connection in this many is assumed to sort at a time; if all sort at once, memory may run out. */
const SORTING = 4;

/** The connection limit, 100 or more. */
export function maxConnections({ containers, workers, threads, jobs }: DatabaseLoad): number {
  return Math.max(LEAST_CONNECTIONS, GENERATIONS * containers * workers * threads + RESERVE + jobs);
}

/** Memory per sort, megabytes; below 1 the connections do not fit. Up to 100 connections do not reduce it. */
export function sortMemory(memoryMb: number, connections: number): number {
  const usual = Math.max(1, Math.floor(memoryMb / MEMORY_PARTS.sort));
  if (connections <= LEAST_CONNECTIONS) return usual;
  const room = memoryMb * FOR_CONNECTIONS - connections * CONNECTION_MB;
  return Math.min(usual, Math.floor((room * SORTING) / connections));
}

/** The least memory that holds the connections, megabytes. */
export function leastMemory(connections: number): number {
  return Math.ceil((connections * (CONNECTION_MB + 1 / SORTING)) / FOR_CONNECTIONS);
}
