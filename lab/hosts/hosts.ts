import { DOMAIN, ZONE_ID } from "../domain";
import type { HostImages } from "../images/host";
import type { LabAddresses } from "../network/lab-addresses";
import type { CertificateFiles } from "../services/authority";
import type { ServiceName } from "../services/service";
import { BUCKET, DATABASE, PUBLIC_PREFIX, REGION, SERVICE_DOMAINS, STORAGE_KEYS } from "../services/service";
import type { Programs } from "../toolchain/programs";
import type { LabTopology } from "../topologies/lab-topology";
import type { Delivery, LabHost } from "./host";
import type { HostName } from "./name";

/** What the machines of a lab are made of. All paths are this machine's. */
export interface HostParts {
  readonly topology: Pick<LabTopology, "hosts" | "services">;
  readonly addresses: LabAddresses;
  readonly images: HostImages;
  readonly programs: Programs;
  readonly cloudflareApi: string;
  readonly certificate: (service: ServiceName) => CertificateFiles;
  /** The authority of those certificates. */
  readonly authority: string;
}

/** The user of the Raspberry Pi, as on Raspberry Pi OS: not root, with passwordless sudo. */
export const PI_USER = "pi";

/** The user of the servers at a provider's, with passwordless sudo as well. */
export const ADMIN_USER = "admin";

/** Whom the operator logs in as by ssh; hosts that are not here run no sshd and are entered through the engine. */
export const LOGINS: Readonly<Partial<Record<HostName, string>>> = {
  vps: "root",
  pi: PI_USER,
  one: ADMIN_USER,
  two: ADMIN_USER,
};

/** How each machine is made. */
const HOSTS: Readonly<Record<HostName, (parts: HostParts) => LabHost>> = {
  dns: ({ topology, addresses, images, cloudflareApi }) => ({
    ...service("dns", addresses, images),
    // It asks Docker's resolver, which asks whom the machine asks.
    nameserver: "",
    // Its records outlive its container, as those of a provider would.
    volumes: ["/var/lib/homeport-lab"],
    deliveries: [program(cloudflareApi, "cloudflare-api.js", 0o644)],
    role: {
      script: "dns.sh",
      parameters: { DOMAIN, ZONE_ID, ADDRESS: addresses.dns, SERVICES: serviceAddresses(topology.services, addresses) },
    },
  }),
  router: ({ addresses, images }) => ({
    ...service("router", addresses, images),
    attachments: [
      { network: "internet", address: addresses.router },
      { network: "home", address: addresses.routerAtHome },
    ],
    // Of its two networks Docker takes either one's gateway for the way out.
    route: addresses.gateway,
    role: {
      script: "router.sh",
      parameters: {
        HOME_NETWORK: addresses.home,
        HOME_ADDRESS: addresses.routerAtHome,
        INTERNET_ADDRESS: addresses.router,
      },
    },
  }),
  acme: ({ addresses, images, programs }) => ({
    ...service("acme", addresses, images),
    deliveries: [program(programs("pebble"), "pebble", 0o755)],
    role: { script: "acme.sh", parameters: { ADDRESS: addresses.acme, DNS: addresses.dns } },
  }),
  vps: ({ addresses, images }) => managed("vps", addresses, images),
  one: ({ addresses, images }) => managed("one", addresses, images),
  two: ({ addresses, images }) => managed("two", addresses, images),
  pi: ({ addresses, images }) => ({
    ...managed("pi", addresses, images),
    attachments: [{ network: "home", address: addresses.pi }],
    route: addresses.routerAtHome,
  }),
  visitor: ({ addresses, images }) => service("visitor", addresses, images),
  db: ({ addresses, images, certificate, authority }) => ({
    ...service("db", addresses, images),
    volumes: ["/var/lib/postgresql"],
    deliveries: tls(certificate("db"), authority),
    role: {
      script: "db.sh",
      parameters: { DATABASE: DATABASE.name, ROLE: DATABASE.user, PASSWORD: DATABASE.password },
    },
  }),
  s3: ({ addresses, images, programs, certificate, authority }) => ({
    ...service("s3", addresses, images),
    volumes: ["/var/lib/homeport-lab"],
    deliveries: [program(programs("versitygw"), "versitygw", 0o755), ...tls(certificate("s3"), authority)],
    role: {
      script: "s3.sh",
      parameters: {
        NAME: SERVICE_DOMAINS.s3,
        BUCKET,
        REGION,
        PUBLIC: PUBLIC_PREFIX,
        ACCESS_KEY: STORAGE_KEYS.access,
        SECRET_KEY: STORAGE_KEYS.secret,
      },
    },
  }),
};

/** The machines of a lab, in the order they are started. */
export function labHosts(parts: HostParts): LabHost[] {
  return parts.topology.hosts.map((name) => HOSTS[name](parts));
}

/** A machine of the surroundings, on the internet. */
function service(name: HostName, addresses: LabAddresses, images: HostImages): LabHost {
  return {
    name,
    image: images.services,
    attachments: [{ network: "internet", address: addresses[name] }],
    route: "",
    nameserver: addresses.dns,
    login: "",
    volumes: [],
    deliveries: [],
  };
}

/** A machine that the program manages, on the internet. */
function managed(name: HostName, addresses: LabAddresses, images: HostImages): LabHost {
  return {
    ...service(name, addresses, images),
    image: images.host,
    login: LOGINS[name] ?? "",
    volumes: ["/var/lib/docker"],
  };
}

/** Names and addresses as Unbound's configuration has them, one a line: `db.lab.test 198.51.100.50`. */
function serviceAddresses(services: readonly ServiceName[], addresses: LabAddresses): string {
  return services.map((name) => `${SERVICE_DOMAINS[name]} ${addresses[name]}`).join("\n");
}

function program(from: string, name: string, mode: number): Delivery {
  return { from, directory: "/opt/homeport-lab", name, mode };
}

function tls({ certificate, key }: CertificateFiles, authority: string): Delivery[] {
  return [
    { from: certificate, directory: "/opt/homeport-lab", name: "service.pem", mode: 0o644 },
    { from: key, directory: "/opt/homeport-lab", name: "service.key", mode: 0o600 },
    { from: authority, directory: "/opt/homeport-lab", name: "authority.pem", mode: 0o644 },
  ];
}
