import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { nodeScript } from "../machine";
import type { CloudflareZone } from "./cloudflare-zone";
import { recordLine } from "./record-mark";
import type { ZoneRecord } from "./zone-page";

export interface RecordRemovalArgs {
  readonly zone: CloudflareZone;
  /** None: nothing is done, and earlier removals are no change. */
  readonly records: readonly ZoneRecord[];
}

/** Name of the command of a removal. */
export function removalCommand(name: string): string {
  return `${name}-removal`;
}

/** Removes records that are in the way; its diff in a preview names each. */
export class RecordRemoval extends pulumi.ComponentResource {
  public constructor(name: string, { zone, records }: RecordRemovalArgs, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:RecordRemoval", name, {}, opts);
    new command.local.Command(
      removalCommand(name),
      {
        ...nodeScript("dns/remove-records.mjs"),
        stdin: removalLines(records),
        environment: zone.environment,
        logging: "none",
      },
      { parent: this, ignoreChanges: records.length === 0 ? ["stdin", "environment"] : [] },
    );
    this.registerOutputs();
  }
}

function removalLines(records: readonly ZoneRecord[]): string {
  return records
    .map((record) => `${record.id} ${recordLine(record)}\n`)
    .sort()
    .join("");
}
