/** PostgreSQL: one that the stack runs, or one that others run. */
export { externalDatabase } from "./external-database";
export { POSTGRES_HOST, Postgres, databaseBundle } from "./postgres";
export { POSTGRES_ROLE } from "./postgres-config";
