/** PostgreSQL: one that the stack runs, or one that others run. */
export { externalDatabase } from "./external-database";
export { POSTGRES_HOST, Postgres, databaseBundle } from "./postgres";
