import { CLEANERS, MEMORY_PARTS, sortMemory } from "../../settings";
import { managed } from "../machine";

/** Paths in the database's container. */
export const POSTGRES_PATHS = {
  config: "/etc/postgresql",
  secrets: "/run/secrets",
  data: "/var/lib/postgresql/data",
  socket: "/var/run/postgresql",
} as const;

/** The application's role, and the database that it owns. */
export const POSTGRES_ROLE = "django";

/** `postgresql.conf` for a container of so many megabytes and so many connections, on a small machine with flash storage and other work. */
export function renderPostgresConf(memoryMb: number, connections: number): string {
  const share = (part: number): string => `${Math.max(1, Math.floor(memoryMb / part))}MB`;
  return conf({
    listen_addresses: "*",
    unix_socket_directories: POSTGRES_PATHS.socket,
    hba_file: `${POSTGRES_PATHS.config}/pg_hba.conf`,
    ssl: "on",
    ssl_min_protocol_version: "TLSv1.3",
    ssl_cert_file: `${POSTGRES_PATHS.config}/server.crt`,
    ssl_key_file: `${POSTGRES_PATHS.secrets}/server.key`,
    password_encryption: "scram-sha-256",
    max_connections: connections,
    // A quarter of the memory, as PostgreSQL's manual recommends; the page cache counts for the container as well, so a half is a careful guess.
    shared_buffers: share(MEMORY_PARTS.cache),
    effective_cache_size: share(2),
    // For each sort of each connection: all of them sorting at once may need more than there is, one in four does not.
    work_mem: `${sortMemory(memoryMb, connections)}MB`,
    maintenance_work_mem: share(MEMORY_PARTS.cleaning),
    autovacuum_max_workers: CLEANERS,
    // A container has 64 MB of /dev/shm, too little for workers that share a query; the machine has one core or two to spare.
    max_parallel_workers_per_gather: 0,
    // Compiling a query costs a small processor more than a site's queries take.
    jit: "off",
    // Flash finds a page anywhere in about the same time.
    random_page_cost: 1.1,
    // Bounds the log on the disk; compressed it wears flash out less.
    max_wal_size: "256MB",
    min_wal_size: "64MB",
    wal_compression: "on",
    // A server that was switched off leaves connections open: they are dropped after two minutes.
    tcp_keepalives_idle: 60,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 6,
    // An abandoned transaction would keep rows locked for ever.
    idle_in_transaction_session_timeout: "10min",
    log_line_prefix: "%m %u@%d %h ",
    timezone: "UTC",
    log_timezone: "UTC",
  });
}

/** `pg_hba.conf`: over the network only the application's role, by TLS and password. Whoever is inside the container has the files anyway. */
export function renderPostgresHba(): string {
  const role = POSTGRES_ROLE;
  return `${managed("render/postgres.ts")}local all all trust
hostssl ${role} ${role} all scram-sha-256
`;
}

function conf(settings: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value}'\n`);
  return `${managed("render/postgres.ts")}${lines.join("")}`;
}
