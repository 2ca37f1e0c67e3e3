/** The parts of values that an application can be given under any name, by the name of their group. */
export const VARIABLE_PARTS = {
  database: ["url", "host", "port", "name", "user", "password"],
  storage: ["endpoint", "bucket", "region", "accessKey", "secretKey"],
  service: ["url", "host", "port", "password"],
} as const;

/** A value in `app.variables`: `key`, a part of the database's address, the storage's keys, a service's address, or one of your own secrets. */
export const VARIABLE_SOURCE = new RegExp(
  `^(key|database\\.(${VARIABLE_PARTS.database.join("|")})|storage\\.(${VARIABLE_PARTS.storage.join("|")})` +
    `|services\\.[a-z][a-z0-9-]*\\.(${VARIABLE_PARTS.service.join("|")})|secret\\.[A-Za-z_][A-Za-z0-9_]*)$`,
);
