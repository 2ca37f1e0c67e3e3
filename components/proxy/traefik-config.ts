import { stringify } from "yaml";

import { managed } from "../machine/managed";
import { PublicEntry, publicEntry } from "./public-entry";

/** Where things are inside the Traefik container. */
export const TRAEFIK_PATHS = {
  config: "/etc/traefik/traefik.yaml",
  dynamic: "/etc/traefik/dynamic",
  caFile: "/etc/traefik/acme-ca.pem",
  certificate: "/etc/traefik/default.crt",
  key: "/etc/traefik/secrets/default.key",
  users: "/etc/traefik/secrets/users",
  dnsToken: "/etc/traefik/secrets/dns-token",
  innerCa: "/etc/traefik/inner-ca.pem",
  innerCertificate: "/etc/traefik/inner.crt",
  innerKey: "/etc/traefik/secrets/inner.key",
  storage: "/acme",
} as const;

/** Ports inside the container: above 1023, so that Traefik needs no capability. */
export const TRAEFIK_PORTS = { web: 8000, websecure: 8443, admin: 9443, inner: 8444 } as const;

/** The certificate authority. */
export interface Acme {
  readonly directory: string;
  readonly email: string;
  /** Storage file in the container; each CA and profile has its own. */
  readonly storage: string;
  /** Undefined: the authority's own choice. */
  readonly profile: string | undefined;
  /** Life of a certificate, hours: it decides when Traefik renews. */
  readonly lifetimeHours: number;
  readonly challenge: "http-01" | "dns-01";
}

/** Name of the resolver that asks the authority; only `scripts/certificate-watch.sh` names it in a router. */
const RESOLVER = "acme";

/**
 * What Traefik does for each challenge. Without a word on propagation lego asks the machine's own resolver for the record as well, which remembers for
 * half an hour (the SOA of Cloudflare's zones) that there was none a moment ago; the zone's name servers are asked in any case.
 */
const CHALLENGES = {
  "http-01": { httpChallenge: { entryPoint: "web" } },
  "dns-01": { dnsChallenge: { provider: "cloudflare", propagation: { requireAllRNS: false } } },
};

/** Largest request header, bytes; Go's own default of 1 MiB is a gift to an attacker (targets: 64 KiB). */
const MAX_HEADER_BYTES = 65536;

/** What every entry point refuses. */
const STRICT = {
  maxHeaderBytes: MAX_HEADER_BYTES,
  // SCRIPT_NAME, X_Forwarded_For and their like would reach the application as the proxy's own headers.
  aliasHeadersStrategy: "reject",
  encodedCharacters: {
    allowEncodedSlash: false,
    allowEncodedBackSlash: false,
    allowEncodedNullCharacter: false,
    allowEncodedSemicolon: false,
    allowEncodedPercent: false,
    allowEncodedQuestionMark: false,
    allowEncodedHash: false,
  },
};

/** What every proxy of ours is told: file provider only, so that it needs no Docker socket. */
const BASE = {
  global: { checkNewVersion: false, sendAnonymousUsage: false },
  log: { level: "INFO", noColor: true },
  // Tokens travel in headers and queries, and a log is read by more people than a request.
  accessLog: {
    format: "json",
    fields: { headers: { defaultMode: "drop" }, queryParameters: { defaultMode: "drop" } },
  },
};

const PROVIDERS = { providersThrottleDuration: "100ms", file: { directory: TRAEFIK_PATHS.dynamic, watch: true } };

/** Traefik's own ping needs an entry point; inside the container only. */
const PING = { address: "127.0.0.1:8080" };

/** The static configuration of the proxy where TLS ends. */
export function renderTraefikStatic(acme: Acme, entry: PublicEntry): string {
  const publicly = publicEntry(entry);
  const toHttps = { redirections: { entryPoint: { to: ":443", scheme: "https", permanent: true } } };
  return yaml("render/traefik.ts", {
    ...BASE,
    // Reached by the router of renderDashboard alone.
    api: { dashboard: true, insecure: false, disableDashboardAd: true },
    ping: {},
    entryPoints: {
      web: { address: `:${TRAEFIK_PORTS.web}`, http: { ...toHttps, ...STRICT }, ...publicly },
      websecure: { address: `:${TRAEFIK_PORTS.websecure}`, http: STRICT, ...publicly },
      // The admin is where the example takes uploads, and nobody stands before it.
      admin: { address: `:${TRAEFIK_PORTS.admin}`, http: STRICT, ...publicEntry({ ...entry, trusted: [] }) },
      traefik: PING,
    },
    providers: PROVIDERS,
    certificatesResolvers: {
      [RESOLVER]: {
        acme: {
          caServer: acme.directory,
          email: acme.email,
          storage: acme.storage,
          ...(acme.profile === undefined ? {} : { profile: acme.profile }),
          certificatesDuration: acme.lifetimeHours,
          keyType: "EC256",
          ...CHALLENGES[acme.challenge],
        },
      },
    },
  });
}

/** The static configuration of a server's proxy behind the ingress, whose tunnel address is given: its forwarded headers are believed. */
export function renderInnerStatic(ingress: string): string {
  return yaml("render/traefik.ts", {
    ...BASE,
    ping: {},
    entryPoints: {
      inner: {
        address: `:${TRAEFIK_PORTS.inner}`,
        http: STRICT,
        forwardedHeaders: { trustedIPs: [ingress] },
        // An upload is cut off by the ingress, which knows its visitor.
        transport: { respondingTimeouts: { readTimeout: "0s" } },
      },
      traefik: PING,
    },
    providers: PROVIDERS,
  });
}

/** TLS of every entry point: Mozilla's intermediate profile 5.7 as Go can express it. */
export function renderTraefikTls(certificateDigest: string): string {
  return tls(
    {
      minVersion: "VersionTLS12",
      cipherSuites: [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      ],
      curvePreferences: ["X25519", "CurveP256", "CurveP384"],
    },
    certificateDigest,
  );
}

/** TLS of a server's proxy behind the ingress: nobody comes in without a certificate of the internal authority. */
export function renderInnerTls(certificateDigest: string): string {
  const clientAuth = { caFiles: [TRAEFIK_PATHS.innerCa], clientAuthType: "RequireAndVerifyClientCert" };
  return tls({ minVersion: "VersionTLS13", clientAuth }, certificateDigest);
}

function tls(options: object, certificateDigest: string): string {
  const file = yaml("render/traefik.ts", {
    tls: {
      options: { default: options },
      stores: { default: { defaultCertificate: { certFile: TRAEFIK_PATHS.certificate, keyFile: TRAEFIK_PATHS.key } } },
    },
  });
  return withCertificate(file, certificateDigest);
}

/** Over every router of a site; Traefik orders by the length of the rules otherwise. */
const DASHBOARD_PRIORITY = 100000;

/** Traefik's dashboard, for who logs in. */
export interface Dashboard {
  /** Names under which it answers. */
  readonly hosts: readonly string[];
  /** Of the file with the logins, which Traefik does not watch: a new one makes it read the file again. */
  readonly digest: string;
}

/** The dashboard and the API that it reads, at home only: on the public entry points both paths are the site's. */
export function renderDashboard({ hosts, digest }: Dashboard): string {
  const login = `dashboard-login-${digest}`;
  return yaml("render/traefik.ts", {
    http: {
      routers: {
        dashboard: {
          entryPoints: ["admin"],
          rule: `${anyOf(hosts)} && (PathPrefix(\`/dashboard/\`) || PathPrefix(\`/api/\`))`,
          priority: DASHBOARD_PRIORITY,
          middlewares: [login],
          service: "api@internal",
          tls: {},
        },
      },
      middlewares: { [login]: { basicAuth: { usersFile: TRAEFIK_PATHS.users, realm: "Traefik", removeHeader: true } } },
    },
  });
}

/** The rule of a router for names. */
export function anyOf(names: readonly string[]): string {
  return `(${names.map((name) => `Host(\`${name}\`)`).join(" || ")})`;
}

/** A file of Traefik's; `source` is the one that makes it. */
export function yaml(source: string, value: unknown): string {
  return `${managed(source)}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** A file of Traefik's that names a certificate. The digest makes Traefik read a renewed one, because it watches this file and not the certificate's. */
export function withCertificate(file: string, certificateDigest: string): string {
  return `${file}# certificate ${certificateDigest}\n`;
}
