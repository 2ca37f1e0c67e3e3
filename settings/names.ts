import { canShareZone, NAME } from "./host-names";
import { Refuse } from "./rules";

/** Refuses a name of the site that is listed twice. */
export function refuseSameNames({ hosts }: { readonly hosts: readonly string[] }, refuse: Refuse): void {
  for (const [index, name] of hosts.entries()) {
    const first = hosts.indexOf(name);
    if (first < index) refuse(["hosts", index], `${name} is there already (hosts[${first}]): remove one of them`);
  }
}

/** Refuses names that cannot be in the one zone that the settings name: Cloudflare would make a record with the zone's name behind it. */
export function refuseForeignNames(
  {
    domain,
    hosts,
    dns,
  }: { readonly domain: string; readonly hosts: readonly string[]; readonly dns: { provider: string } },
  refuse: Refuse,
): void {
  if (dns.provider === "none" || !NAME.test(domain)) return;
  for (const [index, name] of hosts.entries()) {
    if (!NAME.test(name) || canShareZone(name, domain)) continue;
    refuse(
      ["hosts", index],
      `${name} is not in the zone of ${domain} (dns.zoneId), the only one whose records are written: remove it, ` +
        "give it a stack of its own, or set dns.provider to none and enter all records yourself",
    );
  }
}
