import * as pulumi from "@pulumi/pulumi";

import { CloudflareFault } from "./cloudflare-fault";
import { listRecords, tokenOfEnvironment, zoneApi } from "./zone-client";
import { ZoneRecord } from "./zone-page";
import { UserError } from "../../lib/errors";

/** Access to a zone at Cloudflare, or at a server with the same API. */
export interface ZoneAccess {
  /** Not looked up by the domain: for that a token needs the permission Zone / Zone / Read as well. */
  readonly zoneId: string;
  /** Default: Cloudflare's own. */
  readonly apiUrl?: string | undefined;
  /** Undefined: it is in the variable CLOUDFLARE_API_TOKEN. */
  readonly apiToken: pulumi.Output<string> | undefined;
}

/**
 * All records of the names, at preview as well as at up. At preview an API that does not answer is a warning and yields no records: a preview works
 * without the network. No provider takes part, so that a fault is one message.
 */
export async function recordsAt(access: ZoneAccess, names: readonly string[]): Promise<ZoneRecord[]> {
  const token = access.apiToken ?? pulumi.secret(tokenOfEnvironment() ?? missingToken());
  try {
    const records = await inside(token, (text) =>
      listRecords({ zone: zoneApi(access), token: text, filters: names.map((name) => ({ "name.exact": name })) }),
    );
    // A server with the same API may not know the filter.
    return records.filter(({ name }) => names.includes(name.toLowerCase()));
  } catch (error) {
    if (!(error instanceof CloudflareFault) || !error.passing || !pulumi.runtime.isDryRun()) throw error;
    await pulumi.log.warn(`${error.message}; conflicts with other people's records are not checked`);
    return [];
  }
}

/** Uses a secret inside its Output. A rejection would also reject parts of the Output that nobody awaits, so it goes to the promise alone. */
function inside<T>(secret: pulumi.Output<string>, use: (text: string) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    secret.apply((text) => use(text).then(resolve, reject));
  });
}

function missingToken(): never {
  throw new UserError(
    "dns: the token for Cloudflare is missing: export CLOUDFLARE_API_TOKEN, or: pulumi config set --secret cloudflare:apiToken " +
      "(it needs the permission Zone / DNS / Edit for the zone)",
  );
}
