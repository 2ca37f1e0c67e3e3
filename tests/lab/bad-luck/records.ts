import { DOMAIN, SITE_HOSTS } from "../../../lab/domain";
import { BadLuck } from "../../support/bad-luck";
import { LabZone } from "../../support/lab-zone";

/** A token of the right form that was given no right to any zone. */
const POWERLESS = "x".repeat(40);

const OTHER_ZONE = "0".repeat(32);

/** A name of the site that somebody uses already. */
const USED = `shop.${DOMAIN}`;

/** An address that belongs to somebody else. */
const ELSEWHERE = "198.51.100.250";

/** An API on a port at which nothing listens. */
function closedApi(host: string): string {
  return `http://${host}:9/client/v4`;
}

/** What the DNS provider refuses. It is asked before anything is changed. */
export const BAD_RECORDS: readonly BadLuck[] = [
  {
    name: "a token that Cloudflare refuses",
    environment: { CLOUDFLARE_API_TOKEN: POWERLESS },
    says: () => ["dns: Cloudflare refused the token for zone", "Zone / DNS / Edit", "CLOUDFLARE_API_TOKEN"],
  },
  {
    name: "a zone that Cloudflare does not know",
    settings: () => ({ "homeport:dns": { zoneId: OTHER_ZONE } }),
    says: () => [`dns: Cloudflare knows no zone ${OTHER_ZONE}`, "correct dns.zoneId"],
  },
  {
    name: "an API of Cloudflare's that cannot be reached",
    settings: ({ addresses }) => ({ "homeport:dns": { apiUrl: closedApi(addresses.dns) } }),
    says: ({ addresses }) => [`dns: Cloudflare's API cannot be reached at ${closedApi(addresses.dns)} (`, "dns.apiUrl"],
  },
  {
    name: "a name that leads elsewhere, by a record of somebody else's",
    broken: (lab, action) => new LabZone(lab).with({ type: "A", name: USED, content: ELSEWHERE }, action),
    settings: () => ({ "homeport:hosts": [...SITE_HOSTS, USED] }),
    says: () => [
      "dns: 1 record(s) at the site's names belong to others:",
      `A ${USED} ${ELSEWHERE}`,
      "remove them at Cloudflare, or set dns.adopt to true",
    ],
  },
];
