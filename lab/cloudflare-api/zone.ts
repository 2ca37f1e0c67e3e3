import { AUTOMATIC_TTL, DnsRecord } from "./record";

/** What Cloudflare makes of an automatic TTL, and the TTL of the zone's own records. Seconds. */
const AUTOMATIC = 300;

/** How long a missing name may be remembered: short, because records come and go while the lab is watched. Seconds. */
const NEGATIVE = 1;

/** TXT values are cut into strings of this length in a zone file (RFC 1035, 3.3). */
const STRING = 255;

/** The zone of a domain as a zone file, for a name server at `address`. Same records, same bytes but for the serial. */
export function renderZone(domain: string, address: string, records: readonly DnsRecord[], serial: number): string {
  const lines = records.map((record) => {
    const ttl = record.ttl === AUTOMATIC_TTL ? AUTOMATIC : record.ttl;
    return `${record.name}. ${ttl} IN ${record.type} ${value(record)}`;
  });
  return [
    `${domain}. ${AUTOMATIC} IN SOA ns.${domain}. hostmaster.${domain}. ${serial} 3600 600 86400 ${NEGATIVE}`,
    `${domain}. ${AUTOMATIC} IN NS ns.${domain}.`,
    `ns.${domain}. ${AUTOMATIC} IN A ${address}`,
    ...lines.sort(),
    "",
  ].join("\n");
}

function value(record: DnsRecord): string {
  switch (record.type) {
    case "CNAME":
      return `${record.content.replace(/\.$/, "")}.`;
    case "MX":
      return `${record.priority ?? 10} ${record.content.replace(/\.$/, "")}.`;
    case "TXT":
      return quoted(record.content);
    default:
      return record.content;
  }
}

function quoted(text: string): string {
  const bare = /^".*"$/s.test(text) ? text.slice(1, -1) : text;
  const strings = bare.match(new RegExp(`.{1,${STRING}}`, "gs")) ?? [""];
  return strings.map((part) => `"${part.replace(/[\\"]/g, "\\$&")}"`).join(" ");
}
