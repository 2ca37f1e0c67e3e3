import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../errors";
import { SECRET_FILES, SECRETS } from "./environment";
import { AppFiles } from "./secret-files";

export interface ExternalDatabaseArgs {
  /** Secret. */
  readonly url: pulumi.Output<string> | undefined;
  /** PEM of the authority that signed the database's certificate. */
  readonly caPem: string | undefined;
}

/** A PostgreSQL that others run; undefined where there is none. */
export function externalDatabase({ url, caPem }: ExternalDatabaseArgs): AppFiles["database"] {
  return url === undefined ? undefined : { url: url.apply((text) => encrypted(text, caPem !== undefined)), caPem };
}

/** The URL with what libpq is to demand of the connection, unless the person has said it (PostgreSQL's manual, section 34.19). */
export function encrypted(text: string, known: boolean): string {
  // The text is secret, also where it is wrong.
  const fault = new UserError(
    "databaseUrl: not the URL of a PostgreSQL database such as postgresql://USER:PASSWORD@HOST:5432/NAME, with special characters of the password as %XX",
  );
  if (!/^postgres(ql)?:\/\/[^/@]+:[^/@]+@[^/@]+\/[^/]+$/.test(text) || !URL.canParse(text)) throw fault;
  const url = new URL(text);
  if (url.searchParams.has("sslmode")) return text;
  url.searchParams.set("sslmode", known ? "verify-full" : "require");
  if (known) url.searchParams.set("sslrootcert", `${SECRETS}/${SECRET_FILES.databaseCa}`);
  // A path is easier to read, and libpq takes it as it is.
  return url.href.replaceAll("%2F", "/");
}
