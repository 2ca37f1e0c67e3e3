import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

import { cloudflareFault } from "./cloudflare-fault";
import { UserError } from "../../lib/errors";

/** How a zone at Cloudflare, or at a server with the same API, is reached. */
export interface CloudflareZoneArgs {
  readonly zoneId: string;
  /** Default: Cloudflare's own. */
  readonly apiUrl?: string | undefined;
  /** Undefined: it is in the variable CLOUDFLARE_API_TOKEN. */
  readonly apiToken: pulumi.Output<string> | undefined;
}

/** A record as the zone has it, whoever made it. */
export interface ZoneRecord {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly content: string;
  /** Empty where it has none. */
  readonly comment: string;
}

/** The variable in which the provider, too, looks for a token. */
const API_TOKEN = "CLOUDFLARE_API_TOKEN";

/** Where the API is without a setting. */
const API = "https://api.cloudflare.com/client/v4";

/** A zone at Cloudflare: its provider, and a look at what is there. */
export class CloudflareZone extends pulumi.ComponentResource {
  public readonly provider: cloudflare.Provider;
  public readonly zoneId: string;
  /** What a script needs to reach the zone. */
  public readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  private readonly apiUrl: string;

  public constructor(name: string, args: CloudflareZoneArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:CloudflareZone", name, {}, opts);
    refuseMissingToken(args);
    this.zoneId = args.zoneId;
    this.apiUrl = args.apiUrl ?? API;
    this.environment = {
      API_URL: this.apiUrl,
      ZONE_ID: args.zoneId,
      ...(args.apiToken === undefined ? {} : { [API_TOKEN]: args.apiToken }),
    };
    this.provider = new cloudflare.Provider(
      `${name}-cloudflare`,
      {
        ...(args.apiUrl === undefined ? {} : { baseUrl: args.apiUrl }),
        ...(args.apiToken === undefined ? {} : { apiToken: args.apiToken }),
      },
      { parent: this },
    );
    this.registerOutputs();
  }

  /**
   * All records of the names, at preview as well as at up. At preview an API that does not answer is a warning and gives no records: a preview
   * works without the network.
   */
  public async records(names: readonly string[]): Promise<ZoneRecord[]> {
    try {
      const lists = await Promise.all(names.map((name) => this.recordsOf(name)));
      return lists.flat();
    } catch (error) {
      const { passing, error: told } = cloudflareFault(messageOf(error), this.zoneId, this.apiUrl);
      if (!passing || !pulumi.runtime.isDryRun()) throw told;
      await pulumi.log.warn(`${told.message}; whether somebody else's records are in the way is unknown`);
      return [];
    }
  }

  private async recordsOf(name: string): Promise<ZoneRecord[]> {
    const { results } = await cloudflare.getDnsRecords(
      { zoneId: this.zoneId, name: { exact: name } },
      { provider: this.provider },
    );
    return results.map((one) => ({
      id: one.id,
      type: one.type,
      name: one.name,
      content: one.content,
      // Typed as text, and null where a record has none.
      comment: (one.comment as string | null | undefined) ?? "",
    }));
  }
}

function refuseMissingToken({ apiToken }: CloudflareZoneArgs): void {
  if (apiToken !== undefined || (process.env[API_TOKEN] ?? "") !== "") return;
  throw new UserError(
    "dns: there is no token for Cloudflare: export CLOUDFLARE_API_TOKEN, or: pulumi config set --secret cloudflare:apiToken " +
      "(it needs the permission Zone / DNS / Edit for the zone)",
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
