import { execFile } from "node:child_process";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { CloudflareZone, ZoneRecord } from "./cloudflare-zone";
import { recordLine } from "./found-records";
import { script } from "./host/scripts";

/** How Node.js is given a script of ours: the text itself is the last argument. */
const NODE = ["node", "--input-type=module", "--eval"] as const;

export interface RecordRemovalArgs {
  readonly zone: CloudflareZone;
  /** None: nothing is done, and what was done before is not a change. */
  readonly records: readonly ZoneRecord[];
}

/** The removal of records that are in the way; its diff in a preview names each. */
export class RecordRemoval extends pulumi.ComponentResource {
  public constructor(name: string, { zone, records }: RecordRemovalArgs, opts: pulumi.ComponentResourceOptions) {
    super("homeport:index:RecordRemoval", name, {}, opts);
    const remove = script("remove-records.mjs");
    new command.local.Command(
      `${name}-removal`,
      {
        create: remove,
        update: remove,
        interpreter: [...NODE],
        stdin: removalLines(records),
        environment: zone.environment,
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, ignoreChanges: records.length === 0 ? ["stdin", "environment"] : [] },
    );
    this.registerOutputs();
  }
}

/** Removes records at once, for use in the midst of an update. */
export async function removeNow(zone: CloudflareZone, records: readonly ZoneRecord[]): Promise<void> {
  if (records.length === 0) return;
  const variables = await new Promise<Record<string, string>>((resolve) => {
    pulumi.output(zone.environment).apply(resolve);
  });
  const [node, ...options] = NODE;
  await new Promise<void>((resolve, reject) => {
    const child = execFile(
      node,
      [...options, script("remove-records.mjs")],
      { env: { ...process.env, ...variables } },
      (error, _, stderr) => {
        // The message of `error` would repeat the script.
        if (error === null) resolve();
        else reject(new Error(stderr.trim()));
      },
    );
    child.stdin?.end(removalLines(records));
  });
}

function removalLines(records: readonly ZoneRecord[]): string {
  return records
    .map((record) => `${record.id} ${recordLine(record)}\n`)
    .sort()
    .join("");
}
