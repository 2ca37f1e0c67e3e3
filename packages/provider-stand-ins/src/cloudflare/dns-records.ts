import type Cloudflare from "cloudflare" with { "resolution-mode": "import" };

import type { Context, InvokeRequest, InvokeResult } from "../support/resource";
import type { PropertyMap } from "../support/values";
import { asText, isMap } from "../support/values";
import { callApi } from "./api";
import { fromApi, recordsPath } from "./dns-record";

/** The real plugin's default for maxItems. */
const MOST_RECORDS = 1000;

/** `cloudflare.getDnsRecords` with the arguments `zoneId`, `name.exact`, `type` and `maxItems`. */
export async function getDnsRecords({ args }: InvokeRequest, context: Context): Promise<InvokeResult> {
  const zone = asText(args.zoneId);
  const most = typeof args.maxItems === "number" ? args.maxItems : MOST_RECORDS;
  const send = async (api: Cloudflare) => {
    const found: PropertyMap[] = [];
    for await (const record of api.dns.records.list(listOf(zone, args))) {
      found.push(fromApi(record));
      if (found.length >= most) break;
    }
    return found;
  };
  const results = await callApi({ method: "GET", path: `${recordsPath(zone)}${queryOf(args)}`, send }, context);
  return { result: { ...args, results } };
}

function filters(args: PropertyMap): [string, string][] {
  const name = isMap(args.name) ? asText(args.name.exact) : "";
  const all: [string, string][] = [
    ["name.exact", name],
    ["type", asText(args.type)],
  ];
  return all.filter(([, value]) => value !== "");
}

function listOf(zone: string, args: PropertyMap): Cloudflare.DNS.RecordListParams {
  const { "name.exact": exact, ...rest } = Object.fromEntries(filters(args));
  // The API checks the type.
  return { zone_id: zone, ...(exact === undefined ? {} : { name: { exact } }), ...rest };
}

/** The query as in the real plugin's errors. */
function queryOf(args: PropertyMap): string {
  const query = new URLSearchParams(filters(args)).toString();
  return query === "" ? "" : `?${query}`;
}
