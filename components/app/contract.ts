/** What a container of the application finds beside the project, and where. */

/** Directory of the secrets, as files and as variables. */
export const SECRETS = "/run/secrets";

/** Below it: a shell script that exports the secrets that are given as variables. */
export const VARIABLES_FILE = "environment.sh";

/** Directory of the volume that every application has. */
export const DATA = "/data";

/** Group that may read secrets, whatever user an image runs as. No account of the host has it. */
export const SECRETS_GROUP = "10001";

/** User and group of a container whose image would run as root. No account of the host has them. */
export const DEFAULT_USER = "10001:10001";

/** Names of the files in SECRETS that not every site has. */
export const SECRET_FILES = {
  databaseUrl: "database_url",
  databaseCa: "database_ca.pem",
  storageAccessKey: "storage_access_key",
  storageSecretKey: "storage_secret_key",
  storageCa: "storage_ca.pem",
} as const;

/** The file of one of your own secrets, beside those of the program. */
export function secretFile(name: string): string {
  return name.toLowerCase();
}
