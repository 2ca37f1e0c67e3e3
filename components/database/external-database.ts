import * as pulumi from "@pulumi/pulumi";

import { AppFiles, SECRET_FILES, SECRETS } from "../app";
import { UserError } from "../../lib/errors";

export interface ExternalDatabaseArgs {
  /** Secret. */
  readonly url: pulumi.Output<string> | undefined;
  /** PEM of the authority that signed the database's certificate. */
  readonly caPem: string | undefined;
}

/** Values of `sslmode` with which libpq does not verify the server (PostgreSQL's manual, section 34.19.1). */
const UNPROVEN = ["disable", "allow", "prefer", "require"];

/** The public authorities in images based on Debian or Alpine. `system` instead of a file needs libpq 16, Debian 12 has 15. */
const SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";

/** An existing PostgreSQL that the settings name; undefined where they name none. */
export function externalDatabase({ url, caPem }: ExternalDatabaseArgs): AppFiles["database"] {
  if (url === undefined) return undefined;
  const proven = url.apply(async (text) => {
    const demanding = encrypted(text, caPem !== undefined);
    if (isUnproven(demanding)) await pulumi.log.warn(UNPROVEN_WORD);
    return demanding;
  });
  return { url: proven, caPem };
}

const UNPROVEN_WORD =
  "databaseUrl: its sslmode does not verify the server, so anybody in between can read and change everything: remove sslmode, and set database.caFile unless a public authority signed the database's certificate";

/**
 * The URL with the checks that libpq makes: the certificate of the given authority, or of a public one, for the host's name. An sslmode in the URL stays, unless
 * an authority is given; `known`: whether it is.
 */
export function encrypted(text: string, known: boolean): string {
  const url = parsed(text);
  const { searchParams: options } = url;
  if (!known && options.has("sslmode")) return text;
  options.set("sslmode", "verify-full");
  if (known) options.set("sslrootcert", `${SECRETS}/${SECRET_FILES.databaseCa}`);
  else if (!options.has("sslrootcert")) options.set("sslrootcert", SYSTEM_AUTHORITIES);
  // libpq accepts a plain path, which is easier to read.
  const query = options.toString().replaceAll("%2F", "/");
  url.search = "";
  return `${url.href}?${query}`;
}

/** Whether a URL of `encrypted` does not verify the server. */
export function isUnproven(text: string): boolean {
  return UNPROVEN.includes(parsed(text).searchParams.get("sslmode") ?? "");
}

function parsed(text: string): URL {
  const complete = /^postgres(ql)?:\/\/[^/@]+:[^/@]+@[^/@?]+\/[^/?#]+(\?[^#]*)?$/.test(text);
  if (complete && URL.canParse(text)) return new URL(text);
  // The message does not quote the text, a secret even where it is wrong.
  throw new UserError(
    "databaseUrl: not the URL of a PostgreSQL database such as postgresql://USER:PASSWORD@HOST:5432/NAME, with special characters of the password as %XX",
  );
}
