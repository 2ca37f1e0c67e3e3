import * as path from "node:path";

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { ADMIN_PORT } from "../../plan";
import { DnsChallenge } from "../dns";
import { GRACE_SECONDS, hardened, ownerLabel, RESTART, settingsLabel, withRepair } from "../docker";
import { EMPTY_SPEC, HostAccess, HostFile, HostSpec, madeBy, mergeSpecs, repairOf, Thing } from "../machine";
import { UserError } from "../../lib/errors";
import { CERTIFICATE_TRIES, CERTIFICATES_UNIT, certificateWatch, dynamicFile } from "./certificate-watch";
import { ProxyContainer, ProxyPort } from "./proxy";
import {
  Acme,
  renderDashboard,
  renderTraefikStatic,
  renderTraefikTls,
  TRAEFIK_PATHS,
  TRAEFIK_PORTS,
} from "./traefik-config";
import { PublicEntry } from "./public-entry";
import { sha256 } from "../../lib/sha256";

/** Directory of the proxy's configuration on a host. */
export const CONFIG = "/etc/homeport/traefik";
const CA_FILE = `${CONFIG}/acme-ca.pem`;
const STORAGE = "/var/lib/homeport-traefik";

/** "nobody" of distroless images; owns nothing else on a host. */
const USER = "65532";

/** Directories of Let's Encrypt (letsencrypt.org/docs/acme-protocol-updates, /staging-environment). */
const LETS_ENCRYPT = {
  production: "https://acme-v02.api.letsencrypt.org/directory",
  staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

/**
 * Lifetime of Let's Encrypt's certificates by profile, hours (letsencrypt.org/docs/profiles). Traefik renews those of 45 days 10 days before they expire, and
 * those of 160 hours 2 days before (pkg/provider/acme, getCertificateRenewDurations).
 */
const PROFILE_HOURS: Readonly<Record<string, number>> = { tlsserver: 1080, shortlived: 160 };

/** Hours. Let's Encrypt's default is 90 days and becomes 45 by 2028: renewing in time for 45 days suits all of them. */
const LIFETIME_HOURS = 1080;

/** Megabytes; Traefik with one site uses about 60. */
const MEMORY_MB = 256;

/** Processes and threads; Traefik has a thread per core and per blocking call, about 20. */
const PROCESSES = 512;

/** Time to become healthy, seconds. */
const START_SECONDS = 120;

/** Ports of the proxy where TLS ends; the firewall opens the admin's at home only. */
export const PUBLIC_PORTS: readonly ProxyPort[] = [
  { internal: TRAEFIK_PORTS.web, external: 80, ip: "0.0.0.0" },
  { internal: TRAEFIK_PORTS.websecure, external: 443, ip: "0.0.0.0" },
  { internal: TRAEFIK_PORTS.admin, external: ADMIN_PORT, ip: "0.0.0.0" },
];

/** The settings of the proxy. */
export interface TraefikSettings {
  readonly directory: string;
  readonly email: string;
  /** PEM of the CA's own HTTPS certificate, where no public authority signed it. */
  readonly caPem: string | undefined;
  /** Default: the authority's. */
  readonly profile?: string | undefined;
  /** Lifetime of a certificate, hours. Default: the profile's. */
  readonly lifetimeHours?: number | undefined;
  /** Default: HTTP-01. */
  readonly dnsChallenge?: DnsChallenge | undefined;
  /** Settings of the public entry points. */
  readonly entry: PublicEntry;
}

/** Who may see the dashboard, and where. */
export interface DashboardLogin {
  readonly user: string;
  /** bcrypt's hash of the password. */
  readonly hash: string;
  /** Names of the server at home. */
  readonly hosts: readonly string[];
}

/** The proxy's part of the spec of the host where TLS ends. */
export function traefikSpec(settings: TraefikSettings, certificate: string): HostSpec {
  return {
    ...EMPTY_SPEC,
    packages: ["ca-certificates", "curl", "openssl"],
    directories: [{ path: STORAGE, mode: "0700", owner: `${USER}:${USER}` }],
    units: [CERTIFICATES_UNIT],
    leftovers: [CERTIFICATE_TRIES],
    notes: [`the certificates and their keys stay in ${STORAGE}, so that they need not be asked for again`],
    files: [
      ...staticFiles(settings),
      ...certificateWatch({
        directory: directoryUrl(settings.directory),
        caFile: settings.caPem === undefined ? undefined : CA_FILE,
        dnsChallenge: settings.dnsChallenge,
      }),
      { path: `${CONFIG}/default.crt`, text: certificate },
      dynamicFile("tls.yaml", renderTraefikTls(sha256(certificate))),
    ],
  };
}

/** The proxy's secret files, and the dashboard's router, which changes with the login. `dnsToken`: Cloudflare's, for DNS-01. */
export function traefikSecrets(key: string, { user, hash, hosts }: DashboardLogin, dnsToken?: string): HostSpec {
  const token = dnsToken === undefined ? {} : { [path.basename(TRAEFIK_PATHS.dnsToken)]: dnsToken };
  return mergeSpecs(proxySecrets({ "default.key": key, users: `${user}:${hash}`, ...token }), {
    ...EMPTY_SPEC,
    files: [dynamicFile("dashboard.yaml", renderDashboard({ hosts, digest: sha256(hash).slice(0, 8) }))],
  });
}

/** Files that only the proxy can read, by name. */
export function proxySecrets(texts: Readonly<Record<string, string>>): HostSpec {
  const directory = `${CONFIG}/secrets`;
  const owner = `${USER}:${USER}`;
  return {
    ...EMPTY_SPEC,
    directories: [{ path: directory, mode: "0500", owner }],
    files: Object.entries(texts).map(([name, text]) => ({ path: `${directory}/${name}`, text, mode: "0400", owner })),
  };
}

// Files that Traefik reads only at start.
function staticFiles(settings: TraefikSettings): HostFile[] {
  return [
    { path: `${CONFIG}/traefik.yaml`, text: renderTraefikStatic(acme(settings), settings.entry) },
    ...(settings.caPem === undefined ? [] : [{ path: CA_FILE, text: settings.caPem }]),
  ];
}

function acme({ directory, email, profile, lifetimeHours, dnsChallenge }: TraefikSettings): Acme {
  const url = directoryUrl(directory);
  const wildcard = dnsChallenge?.wildcard;
  const kind = sha256(`${url} ${profile ?? ""}${wildcard === undefined ? "" : ` *.${wildcard}`}`).slice(0, 8);
  return {
    directory: url,
    email,
    // A storage file per CA, profile and wildcard. Traefik treats a name as covered if any certificate in its storage has it, even an expired one.
    storage: `${TRAEFIK_PATHS.storage}/${new URL(url).hostname}-${kind}.json`,
    profile,
    lifetimeHours: lifetimeHours ?? PROFILE_HOURS[profile ?? ""] ?? LIFETIME_HOURS,
    challenge: dnsChallenge === undefined ? "http-01" : "dns-01",
  };
}

function directoryUrl(directory: string): string {
  return directory === "production" || directory === "staging" ? LETS_ENCRYPT[directory] : directory;
}

/** The container of the proxy where TLS ends. */
export function publicContainer(settings: TraefikSettings): ProxyContainer {
  return {
    startFiles: staticFiles(settings),
    environment: [
      ...(settings.caPem === undefined ? [] : [`LEGO_CA_CERTIFICATES=${TRAEFIK_PATHS.caFile}`]),
      ...dnsEnvironment(settings.dnsChallenge),
    ],
    ports: PUBLIC_PORTS,
    storage: true,
  };
}

// lego's variables for Cloudflare.
function dnsEnvironment(challenge: DnsChallenge | undefined): string[] {
  if (challenge === undefined) return [];
  const { apiUrl } = challenge;
  return [
    `CF_DNS_API_TOKEN_FILE=${TRAEFIK_PATHS.dnsToken}`,
    ...(apiUrl === undefined ? [] : [`CLOUDFLARE_BASE_URL=${apiUrl}`]),
  ];
}

export interface TraefikArgs {
  readonly container: ProxyContainer;
  /** Reference of the image on the server. */
  readonly image: pulumi.Input<string>;
  readonly provider: docker.Provider;
  readonly host: HostAccess;
  /** Host key of a machine that another may replace: proxy and network are then recreated there. Undefined: never. */
  readonly machine?: string | undefined;
  /** Another server's proxy, which must be healthy before this one's container changes. Default: none. */
  readonly after?: Traefik | undefined;
}

/** What a proxy has in its host's Docker; `name` is the proxy's resource. */
export function traefikThings(name: string): HostSpec {
  return {
    ...EMPTY_SPEC,
    things: [
      { kind: "network", name: traefikNetwork(name) },
      { kind: "container", name },
    ],
  };
}

function traefikNetwork(name: string): string {
  return `${name}-web`;
}

/** A reverse proxy that balances over the backends in its route files: the public one, where TLS ends, or a server's behind it. */
export class Traefik extends pulumi.ComponentResource {
  /** Name of the network that the proxy and the applications share. */
  public readonly network: pulumi.Output<string>;
  /** The network's addresses: the only source of forwarded headers that the application trusts. */
  public readonly subnet: pulumi.Output<string>;
  public readonly container: docker.Container;

  public constructor(name: string, args: TraefikArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:Traefik", name, {}, opts);
    const { host } = args;
    const made = (kind: Thing["kind"], resource: string): pulumi.Output<string> =>
      repairOf(resource, { host, of: madeBy(kind, resource) }, this);
    const network = new docker.Network(
      traefikNetwork(name),
      { labels: withRepair(ownLabels(args), made("network", traefikNetwork(name))) },
      { parent: this, provider: args.provider },
    );
    this.network = network.name;
    this.subnet = network.ipamConfigs.apply(subnetOf);
    this.container = new docker.Container(name, containerArgs(args, network, made("container", name)), {
      parent: this,
      provider: args.provider,
      // It owns the host's ports, so the old one has to go first.
      deleteBeforeReplace: true,
      // The provider would change these only in its state.
      replaceOnChanges: ["healthcheck", "tmpfs"],
      // Not through an input: deleteBeforeReplace deletes first all that depend on a replaced resource by an input. By dependsOn alone, each waits until the
      // new one is there.
      ...(args.after === undefined ? {} : { dependsOn: args.after.container }),
    });
    this.registerOutputs({ network: this.network });
  }
}

// Without it the application would trust no forwarded header, and redirect every visitor from https to https forever.
function subnetOf(configs: readonly { readonly subnet?: string }[]): string {
  const subnet = configs[0]?.subnet;
  if (subnet === undefined)
    throw new UserError(
      "Docker gave the proxy's network no subnet: remove the network, then run 'pulumi up --refresh'",
    );
  return subnet;
}

// A provider whose address changes is updated in place, and counts what it made as present: another machine would have no proxy, and `up` would succeed. The
// changed label makes it look on the new machine, find nothing, and take the container for deleted. Servers have no such label: docs/daily.md.
function ownLabels({ host: { owner }, machine }: TraefikArgs): docker.types.input.ContainerLabel[] {
  return [ownerLabel(owner), ...(machine === undefined ? [] : [{ label: "homeport.machine", value: sha256(machine) }])];
}

function containerArgs(
  args: TraefikArgs,
  network: docker.Network,
  repair: pulumi.Output<string>,
): docker.ContainerArgs {
  const { container: proxy, image } = args;
  return {
    image,
    command: [`--configFile=${TRAEFIK_PATHS.config}`],
    envs: [...proxy.environment],
    ...hardened(`${USER}:${USER}`, MEMORY_MB, PROCESSES),
    // Of large answers to forms (slow-bodies.ts).
    tmpfs: { "/tmp": "" },
    networksAdvanced: [{ name: network.name }],
    ports: proxy.ports.map((port) => ({ ...port })),
    volumes: [
      { hostPath: CONFIG, containerPath: "/etc/traefik", readOnly: true },
      ...(proxy.storage ? [{ hostPath: STORAGE, containerPath: TRAEFIK_PATHS.storage }] : []),
    ],
    // Recreated when the static configuration or the secrets read at start change.
    labels: withRepair(
      [
        ...ownLabels(args),
        settingsLabel(image, MEMORY_MB, [network.name]),
        { label: "homeport.config", value: sha256(JSON.stringify(proxy.startFiles)) },
        ...(proxy.secretsDigest === undefined ? [] : [{ label: "homeport.secrets", value: proxy.secretsDigest }]),
      ],
      repair,
    ),
    healthcheck: {
      tests: ["CMD", "traefik", "healthcheck", `--configFile=${TRAEFIK_PATHS.config}`],
      interval: "5s",
      timeout: "5s",
      retries: 3,
      startPeriod: "10s",
    },
    wait: true,
    waitTimeout: START_SECONDS,
    restart: RESTART,
    destroyGraceSeconds: GRACE_SECONDS,
  };
}
