import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

import { CloudflareZone } from "./cloudflare-zone";
import { EdgeAnswersArgs, edgeAnswers } from "./edge-answers";
import type { DnsEntry } from "./entries";
import type { DnsPlan, HostedRecords } from "./plan";
import { recordMark } from "./record-mark";
import { RecordRemoval, removalCommand } from "./record-removal";

/** Cloudflare's word for "automatic", the only one that it takes for a record that it proxies. */
const TTL_OF_PROXIED = 1;

/** The records of the site at its DNS provider; without one they are only listed. */
export class Dns extends pulumi.ComponentResource {
  /** `edge`: where the names are to point; they do so only once it answers as a visitor would have it. */
  public constructor(
    name: string,
    { entries, hosted }: DnsPlan,
    edge: EdgeAnswersArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("homeport:index:Dns", name, {}, opts);
    if (hosted !== undefined) {
      const { adopt, found } = hosted;
      const zone = new CloudflareZone(`${name}-zone`, hosted.zone);
      // `import` would not do: once the state has the record, the option's `zone/id` replaces it, and every input has to be the same.
      // An older word: state has the name.
      const orphaned = `${name}-forgotten`;
      const room = [
        ...(adopt ? [new RecordRemoval(`${name}-adoption`, { zone, records: found.foreign }, { parent: this })] : []),
        // Once created it stays: its removal would be a change.
        ...(found.orphaned.length > 0 || found.known?.commands.includes(removalCommand(orphaned)) === true
          ? [new RecordRemoval(orphaned, { zone, records: found.orphaned }, { parent: this })]
          : []),
      ];
      const proof = edgeAnswers(`${name}-edge`, edge, this);
      for (const entry of entries) record(this, name, entry, hosted, zone, [...room, proof]);
    }
    this.registerOutputs();
  }
}

function record(
  parent: Dns,
  name: string,
  entry: DnsEntry,
  { owner, ttlSeconds, proxied }: HostedRecords,
  zone: CloudflareZone,
  dependsOn: pulumi.Resource[],
): void {
  new cloudflare.DnsRecord(
    `${name}-${entry.type.toLowerCase()}-${entry.name}`,
    {
      zoneId: zone.zoneId,
      type: entry.type,
      name: entry.name,
      ...(entry.type === "CAA"
        ? { data: { flags: 0, tag: "issue", value: entry.issuer } }
        : { content: entry.content, proxied }),
      ttl: proxied && entry.type === "A" ? TTL_OF_PROXIED : ttlSeconds,
      comment: recordMark(owner),
    },
    {
      parent,
      provider: zone.provider,
      dependsOn,
      // The type alone replaces a record, and the provider refuses a second of the same name before the first is gone.
      deleteBeforeReplace: true,
    },
  );
}
