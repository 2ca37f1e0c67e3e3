import execa from "execa";

import { CloudflareFault, listRecords, recordLine, recordMark, zoneApi, ZoneRecord } from "../components/dns";
import { script } from "../components/machine";
import { UserError } from "../lib/errors";
import { KnownZone } from "./known-state";

/** A zone's records with this stack's comment, `project/stack`, that are not in its state. */
export async function unknownRecords(zone: KnownZone, token: string, owner: string): Promise<readonly ZoneRecord[]> {
  const mark = recordMark(owner);
  const records = await listRecords({ zone: zoneApi(zone), token, filters: [{ "comment.exact": mark }] }).catch(
    (error: unknown) => {
      throw error instanceof CloudflareFault ? new UserError(`${error.message}; then run this again`) : error;
    },
  );
  // A server with the same API may not know the filter.
  return records.filter(({ id, comment }) => comment === mark && !zone.ids.includes(id));
}

/** Removes records by id, and returns a line for each. */
export async function removeRecords(zone: KnownZone, token: string, records: readonly ZoneRecord[]): Promise<string> {
  const { zoneId, apiUrl } = zoneApi(zone);
  const { failed, stdout, stderr } = await execa(
    process.execPath,
    ["--input-type=module", "--eval", script("dns/remove-records.mjs")],
    {
      input: records.map((record) => `${record.id} ${recordLine(record)}, which is not in the state\n`).join(""),
      env: { API_URL: apiUrl, ZONE_ID: zoneId, CLOUDFLARE_API_TOKEN: token },
      reject: false,
    },
  );
  if (failed) throw new UserError(stderr.trim());
  return stdout.trim().replace(/^/gm, "  ");
}
