import execa from "execa";
import { z } from "zod";

import { recordLine, recordMark } from "../components/dns/record-mark";
import { script } from "../components/machine/scripts";
import { CommandError } from "./command-error";
import { KnownZone } from "./known-state";

/** Where Cloudflare's API is. */
const API = "https://api.cloudflare.com/client/v4";

/** A call takes well under a second; milliseconds. */
const LONGEST_CALL = 30_000;

/** The most that Cloudflare gives on a page is 5000; a site's zone has a few. */
const PER_PAGE = "100";

const recordSchema = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  content: z.string().default(""),
  comment: z.string().nullish(),
});

const pageSchema = z.object({ result: z.array(recordSchema) });

/** A record that a stack has made and its state does not know. */
export type UnknownRecord = z.output<typeof recordSchema>;

/** The records of a zone with the comment of this stack, `project/stack`, that its state does not know. */
export async function unknownRecords(zone: KnownZone, token: string, owner: string): Promise<readonly UnknownRecord[]> {
  const mark = recordMark(owner);
  const found: UnknownRecord[] = [];
  for (let page = 1; ; page++) {
    const records = await listPage(zone, token, { page: String(page), per_page: PER_PAGE, "comment.exact": mark });
    if (records.length === 0) return found;
    // A server with the same API may not know the filter.
    found.push(...records.filter(({ id, comment }) => comment === mark && !zone.ids.includes(id)));
  }
}

async function listPage(
  { zoneId, apiUrl = API }: KnownZone,
  token: string,
  query: Readonly<Record<string, string>>,
): Promise<UnknownRecord[]> {
  const url = `${apiUrl}/zones/${zoneId}/dns_records?${new URLSearchParams(query).toString()}`;
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(LONGEST_CALL),
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return pageSchema.parse(await response.json()).result;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `the records of zone ${zoneId} cannot be listed at ${apiUrl}: ${said}; correct the token or the network, then run it again`,
    );
  }
}

/** Removes records by their ids, and gives a line for each. */
export async function removeRecords(
  { zoneId, apiUrl = API }: KnownZone,
  token: string,
  records: readonly UnknownRecord[],
): Promise<string> {
  const { failed, stdout, stderr } = await execa(
    process.execPath,
    ["--input-type=module", "--eval", script("remove-records.mjs")],
    {
      input: records.map((record) => `${record.id} ${recordLine(record)}, which no state knows\n`).join(""),
      env: { API_URL: apiUrl, ZONE_ID: zoneId, CLOUDFLARE_API_TOKEN: token },
      reject: false,
    },
  );
  if (failed) throw new CommandError(stderr.trim());
  return stdout.trim().replace(/^/gm, "  ");
}
