import { DOMAIN, ZONE_ID } from "../domain";
import { HostImages } from "../images/host";
import { AddressPlan } from "../network/address-plan";
import { LabHost } from "./host";

/** Programs the hosts run that are made on this machine, by path. */
export interface HostPrograms {
  readonly pebble: string;
  readonly cloudflareApi: string;
}

/** The user of the Raspberry Pi, as on Raspberry Pi OS: not root, with passwordless sudo. */
export const PI_USER = "pi";

/** The machines of a lab, in the order they are started. */
export function labHosts(plan: AddressPlan, images: HostImages, programs: HostPrograms): LabHost[] {
  const service = { image: images.services, route: "", nameserver: plan.dns, login: "", volumes: [], deliveries: [] };
  const managed = { image: images.host, nameserver: plan.dns, deliveries: [], volumes: ["/var/lib/docker"] };
  return [
    {
      ...service,
      name: "dns",
      attachments: [{ network: "internet", address: plan.dns }],
      // It asks Docker's resolver, which asks whom the machine asks.
      nameserver: "",
      // Its records outlive its container, as those of a provider would.
      volumes: ["/var/lib/homeport-lab"],
      deliveries: [program(programs.cloudflareApi, "cloudflare-api.js", 0o644)],
      role: { script: "dns.sh", parameters: { DOMAIN, ZONE_ID, ADDRESS: plan.dns } },
    },
    {
      ...service,
      name: "router",
      attachments: [
        { network: "internet", address: plan.router },
        { network: "home", address: plan.routerAtHome },
      ],
      // Of its two networks Docker takes either one's gateway for the way out.
      route: plan.gateway,
      role: {
        script: "router.sh",
        parameters: { HOME_NETWORK: plan.home, HOME_ADDRESS: plan.routerAtHome, INTERNET_ADDRESS: plan.router },
      },
    },
    {
      ...service,
      name: "acme",
      attachments: [{ network: "internet", address: plan.acme }],
      deliveries: [program(programs.pebble, "pebble", 0o755)],
      role: { script: "acme.sh", parameters: { ADDRESS: plan.acme, DNS: plan.dns } },
    },
    { ...managed, name: "vps", attachments: [{ network: "internet", address: plan.vps }], route: "", login: "root" },
    {
      ...managed,
      name: "pi",
      attachments: [{ network: "home", address: plan.pi }],
      route: plan.routerAtHome,
      login: PI_USER,
    },
    { ...service, name: "visitor", attachments: [{ network: "internet", address: plan.visitor }] },
  ];
}

function program(from: string, name: string, mode: number): LabHost["deliveries"][number] {
  return { from, directory: "/opt/homeport-lab", name, mode };
}
