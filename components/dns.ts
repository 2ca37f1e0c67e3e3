import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

import type { DnsEntry } from "./dns-entries";
import type { DnsPlan, HostedRecords } from "./dns-plan";
import { recordMark, sameRecord } from "./found-records";
import { RecordRemoval, removeNow } from "./record-removal";

/** The records of the site at its DNS provider; without one they are only listed. */
export class Dns extends pulumi.ComponentResource {
  public constructor(name: string, { entries, hosted }: DnsPlan, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Dns", name, {}, opts);
    if (hosted !== undefined) {
      const room = hosted.adopt ? [adoption(this, name, entries, hosted)] : [];
      for (const entry of entries) record(this, name, entry, hosted, room);
    }
    this.registerOutputs();
  }
}

/** Takes away somebody else's records, those that say what ours will say excepted: they go when ours is created. */
function adoption(
  parent: Dns,
  name: string,
  entries: readonly DnsEntry[],
  { zone, found }: HostedRecords,
): pulumi.Resource {
  const inTheWay = found.foreign.filter((one) => !entries.some((entry) => sameRecord(one, entry)));
  return new RecordRemoval(`${name}-adoption`, { zone, records: inTheWay }, { parent });
}

function record(
  parent: Dns,
  name: string,
  entry: DnsEntry,
  { zone, found, owner, ttlSeconds }: HostedRecords,
  dependsOn: pulumi.Resource[],
): void {
  const leftovers = [
    ...found.ours.filter((one) => one.type === entry.type && one.name === entry.name),
    ...found.foreign.filter((one) => sameRecord(one, entry)),
  ];
  new cloudflare.DnsRecord(
    `${name}-${entry.type.toLowerCase()}-${entry.name}`,
    {
      zoneId: zone.zoneId,
      type: entry.type,
      name: entry.name,
      ...(entry.type === "CAA"
        ? { data: { flags: 0, tag: "issue", value: entry.issuer } }
        : { content: entry.content, proxied: false }),
      ttl: ttlSeconds,
      comment: recordMark(owner),
    },
    {
      parent,
      provider: zone.provider,
      dependsOn,
      // The type alone replaces a record, and the provider refuses a second of the same name before the first is gone.
      deleteBeforeReplace: true,
      // A run that was cut off may have made the record and not noted it: the provider would refuse to make it again.
      hooks: { beforeCreate: [() => removeNow(zone, leftovers)] },
    },
  );
}
