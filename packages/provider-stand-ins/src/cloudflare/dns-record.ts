import type Cloudflare from "cloudflare" with { "resolution-mode": "import" };

import type { Attribute } from "../support/bridged";
import { BridgedResource, snakeCase } from "../support/bridged";
import type { PropertyMap, PropertyValue } from "../support/values";
import { asText, isMap, isUnknown, UNKNOWN } from "../support/values";
import { callApi, findByApi } from "./api";

/** What a program may set; the rest of a record comes from Cloudflare. */
const INPUTS = {
  comment: {},
  content: {},
  data: {},
  name: {
    required: "Complete DNS record name, including the zone name, in Punycode.",
  },
  priority: {},
  privateRouting: {},
  proxied: { default: false },
  settings: { computed: true, recomputed: true },
  tags: { computed: true, recomputed: true },
  ttl: {
    required:
      "Time To Live (TTL) of the DNS record in seconds. Setting to 1 means 'automatic'. " +
      "Value must be between 60 and 86400, with the minimum reduced to 30 for Enterprise zones.",
  },
  type: {
    required: "Record type.",
    replaces: true,
    // prettier-ignore
    oneOf: [
      "A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT", "CAA", "CERT", "DNSKEY",
      "DS", "HTTPS", "LOC", "NAPTR", "SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "URI",
    ],
  },
  zoneId: { replaces: true },
} as const satisfies Record<string, Attribute>;

const COMPUTED = {
  createdOn: { computed: true },
  id: { computed: true },
  meta: { computed: true, recomputed: true },
  modifiedOn: { computed: true, recomputed: true },
  proxiable: { computed: true, recomputed: true },
  tagsModifiedOn: { computed: true, recomputed: true },
} as const satisfies Record<string, Attribute>;

/** `cloudflare.DnsRecord`: type and zone replace, everything else is changed in place by sending the whole record. */
export const dnsRecordResource = new BridgedResource(
  { ...INPUTS, ...COMPUTED },
  {
    // Cloudflare makes the text of `data` where that is given.
    adjust(plan, state) {
      if (plan.data === undefined || plan.content !== undefined) return plan;
      const content = state === undefined ? UNKNOWN : state.content;
      return content === undefined ? plan : { ...plan, content };
    },
    async create(plan, context) {
      const zone = asText(plan.zoneId);
      const send = (api: Cloudflare) => api.dns.records.create(body(zone, plan));
      const computed = fromApi(await callApi({ method: "POST", path: recordsPath(zone), send }, context));
      return { id: asText(computed.id), computed };
    },
    async update(id, plan, context) {
      const zone = asText(plan.zoneId);
      const send = (api: Cloudflare) => api.dns.records.update(id, body(zone, plan));
      return fromApi(await callApi({ method: "PUT", path: recordsPath(zone, id), send }, context));
    },
    async read(imported, state, context) {
      // An import names the record by "zone/record".
      const [zone = "", id = ""] = imported.includes("/") ? imported.split("/") : [asText(state.zoneId), imported];
      const send = (api: Cloudflare) => api.dns.records.get(id, { zone_id: zone });
      const found = await findByApi({ method: "GET", path: recordsPath(zone, id), send }, context);
      return found && { ...fromApi(found), zoneId: zone };
    },
    async delete(id, state, context) {
      const zone = asText(state.zoneId);
      const send = (api: Cloudflare) => api.dns.records.delete(id, { zone_id: zone });
      await callApi({ method: "DELETE", path: recordsPath(zone, id), send }, context);
    },
  },
);

/** The path of a zone's records, or of one of them. */
export function recordsPath(zone: string, id?: string): string {
  return `/zones/${zone}/dns_records${id === undefined ? "" : `/${id}`}`;
}

/** The record as the API takes it: every input that is known, under its name there. */
function body(zone: string, plan: PropertyMap): Cloudflare.DNS.RecordCreateParams {
  const elsewhere = plan.data === undefined ? ["zoneId"] : ["zoneId", "content"];
  const given = Object.keys(INPUTS).filter((name) => !elsewhere.includes(name) && plan[name] !== undefined);
  const fields = given.filter((name) => !isUnknown(plan[name])).map((name) => [snakeCase(name), toApi(plan[name])]);
  // The table above lets only the fields of a record through; which of them a type needs, the API decides.
  return { ...Object.fromEntries(fields), zone_id: zone } as Cloudflare.DNS.RecordCreateParams;
}

function toApi(value: PropertyValue | undefined): PropertyValue {
  if (!isMap(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), toApi(inner)]));
}

/** What the API answers, under the names of the plugin; `meta` is text of JSON there. */
export function fromApi(record: object): PropertyMap {
  const { meta, ...rest } = JSON.parse(JSON.stringify(record)) as PropertyMap;
  const camel = Object.entries(rest).map(([name, value]) => [camelCase(name), value]);
  return { ...Object.fromEntries(camel), ...(meta === undefined ? {} : { meta: JSON.stringify(meta) }) } as PropertyMap;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
