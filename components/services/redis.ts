/** Where a container of Redis or Valkey reads its settings. */
export const REDIS_CONFIG = "/etc/homeport/redis.conf";

/** Redis's own port. */
export const REDIS_PORT = 6379;

/** The share of the container's memory that holds data; the rest is for a rewrite of its log, and connections. */
const DATA_SHARE = 0.6;

export interface RedisSettings {
  /** Limit of the container, megabytes. */
  readonly memoryMb: number;
  /** What happens when the data has reached its limit (maxmemory-policy of redis.conf). */
  readonly policy: string;
}

/** redis.conf: data in the volume, a bounded memory, and the password for everything. */
export function renderRedisConfig({ memoryMb, policy }: RedisSettings, password: string): string {
  return [
    "# Written by Homeport (components/services/redis.ts)",
    `port ${REDIS_PORT}`,
    "bind * -::*",
    `requirepass ${password}`,
    "dir /data",
    // What was acknowledged more than a second ago survives a power failure.
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    `maxmemory ${Math.floor(memoryMb * DATA_SHARE)}mb`,
    `maxmemory-policy ${policy}`,
    "",
  ].join("\n");
}
