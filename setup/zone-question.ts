import { API_TOKEN, zoneApi } from "../components/dns";
import { say } from "../lib/say";
import { Asker } from "./asker";
import { zonesOf } from "./zone-search";

interface Zone {
  readonly id: string;
  /** To be stored; undefined: it is in the environment, or stored already. */
  readonly token: string | undefined;
}

/** Asks how the domain's records are made; undefined: they are entered by hand. */
export async function askZone(
  asker: Asker,
  domain: string,
  known:
    | {
        readonly provider?: string | undefined;
        readonly zoneId?: string | undefined;
        readonly apiUrl?: string | undefined;
      }
    | undefined,
): Promise<Zone | undefined> {
  const provider = await asker.ask({
    flag: "dns",
    text: "DNS of the domain: cloudflare, or none to enter the records yourself",
    default: known?.provider ?? "cloudflare",
    refuse: (answer) => (["cloudflare", "none"].includes(answer) ? undefined : "is neither cloudflare nor none"),
  });
  if (provider === "none") return undefined;
  const inEnvironment = process.env[API_TOKEN] ?? "";
  const stored = known?.zoneId !== undefined && inEnvironment === "";
  const typed =
    inEnvironment !== "" || stored
      ? undefined
      : await asker.ask({
          flag: "token",
          instead: `export ${API_TOKEN}`,
          text: `Token for Cloudflare, with Zone / DNS / Edit for ${domain} (not shown)`,
          hidden: true,
          refuse: (answer) => (/^[\x21-\x7e]+$/.test(answer) ? undefined : "has a character that tokens do not have"),
        });
  const token = typed ?? inEnvironment;
  const found =
    token === "" ? undefined : await zonesOf(domain, token, zoneApi({ zoneId: "", apiUrl: known?.apiUrl }).apiUrl);
  if (found !== undefined) say(`  Cloudflare has the zone ${found.name}`);
  const id = await asker.ask({
    flag: "zone",
    text: "Zone id, from the domain's overview page at Cloudflare",
    default: found?.id ?? known?.zoneId,
    refuse: (answer) => (/^[0-9a-f]{32}$/.test(answer) ? undefined : "is no zone id of 32 hexadecimal digits"),
  });
  return { id, token: typed };
}
