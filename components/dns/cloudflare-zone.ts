import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

import { API_TOKEN, zoneApi } from "./zone-client";
import { ZoneAccess } from "./zone-reader";

/** A zone at Cloudflare, and its provider. */
export class CloudflareZone extends pulumi.ComponentResource {
  public readonly provider: cloudflare.Provider;
  public readonly zoneId: string;
  /** What a script needs to reach the zone. */
  public readonly environment: Readonly<Record<string, pulumi.Input<string>>>;

  public constructor(name: string, access: ZoneAccess, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:CloudflareZone", name, {}, opts);
    const { apiUrl, apiToken } = access;
    this.zoneId = access.zoneId;
    this.environment = {
      API_URL: zoneApi(access).apiUrl,
      ZONE_ID: access.zoneId,
      ...(apiToken === undefined ? {} : { [API_TOKEN]: apiToken }),
    };
    this.provider = new cloudflare.Provider(
      `${name}-cloudflare`,
      {
        ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
        ...(apiToken === undefined ? {} : { apiToken }),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
