import { stringify } from "yaml";

import { managed } from "../machine";
import { PublicEntry, publicEntry } from "./public-entry";

/** Paths inside the Traefik container. */
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
  /** Storage file in the container, one per CA and profile. */
  readonly storage: string;
  /** Undefined: the authority's default. */
  readonly profile: string | undefined;
  /** Lifetime of a certificate, hours; it decides when Traefik renews. */
  readonly lifetimeHours: number;
  readonly challenge: "http-01" | "dns-01";
}

/** Name of the certificate resolver; only `certificate-watch.sh` names it in a router. */
const RESOLVER = "acme";

/**
 * Traefik's settings per challenge. By default lego 5 also waits for the record at the machine's own resolver, which caches for half an hour (the SOA of
 * Cloudflare's zones) that there was none; it asks the zone's name servers in any case.
 */
const CHALLENGES = {
  "http-01": { httpChallenge: { entryPoint: "web" } },
  "dns-01": { dnsChallenge: { provider: "cloudflare", propagation: { requireAllRNS: false } } },
};

/** Largest request header, bytes; Go's default of 1 MiB is a gift to an attacker. */
const MAX_HEADER_BYTES = 65536;

/** What every entry point rejects. */
const STRICT = {
  maxHeaderBytes: MAX_HEADER_BYTES,
  // SCRIPT_NAME, X_Forwarded_For and the like would reach the application as the proxy's own headers.
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

/** What an entry point rejects where the settings allow paths with an encoded slash, number sign or percent sign. */
function strictness(encodedPaths: boolean): object {
  if (!encodedPaths) return STRICT;
  const allowed = { allowEncodedSlash: true, allowEncodedPercent: true, allowEncodedHash: true };
  return { ...STRICT, encodedCharacters: { ...STRICT.encodedCharacters, ...allowed } };
}

/** Common to all our proxies. Only the file provider, so that no Docker socket is needed. */
const BASE = {
  global: { checkNewVersion: false, sendAnonymousUsage: false },
  log: { level: "INFO", noColor: true },
  // Headers and queries carry tokens, and more people read logs than requests.
  accessLog: {
    format: "json",
    fields: { headers: { defaultMode: "drop" }, queryParameters: { defaultMode: "drop" } },
  },
};

const PROVIDERS = { providersThrottleDuration: "100ms", file: { directory: TRAEFIK_PATHS.dynamic, watch: true } };

/** Entry point of Traefik's ping; inside the container only. */
const PING = { address: "127.0.0.1:8080" };

/** The static configuration of the proxy where TLS ends. */
export function renderTraefikStatic(acme: Acme, entry: PublicEntry): string {
  const publicly = publicEntry(entry);
  const strict = strictness(entry.encodedPaths === true);
  return yaml("render/traefik.ts", {
    ...BASE,
    // Reached only through the router of renderDashboard.
    api: { dashboard: true, insecure: false, disableDashboardAd: true },
    ping: {},
    entryPoints: {
      web: { address: `:${TRAEFIK_PORTS.web}`, http: strict, ...publicly },
      websecure: { address: `:${TRAEFIK_PORTS.websecure}`, http: strict, ...publicly },
      // The example takes uploads in its admin, and no proxy is in front of it.
      admin: { address: `:${TRAEFIK_PORTS.admin}`, http: strict, ...publicEntry({ ...entry, trusted: [] }) },
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

/** The static configuration of a server's proxy behind the ingress. It trusts forwarded headers from `ingress`, its tunnel address. */
export function renderInnerStatic(ingress: string): string {
  return yaml("render/traefik.ts", {
    ...BASE,
    ping: {},
    entryPoints: {
      inner: {
        address: `:${TRAEFIK_PORTS.inner}`,
        // The ingress has judged the path already.
        http: strictness(true),
        forwardedHeaders: { trustedIPs: [ingress] },
        // The ingress limits uploads: it knows the visitor.
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

/** TLS of a server's proxy behind the ingress: requires a client certificate of the internal authority. */
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

/** Above every router of a site; by default Traefik orders by rule length. */
const DASHBOARD_PRIORITY = 100000;

/** Traefik's dashboard. */
export interface Dashboard {
  /** Names on which it answers. */
  readonly hosts: readonly string[];
  /**
   * Digest of the login file, which Traefik rereads only when something else changes. A comment or another order does not count as a change, so the digest is
   * in the middleware's name.
   */
  readonly digest: string;
}

/** The dashboard and its API, at home only: on the public entry points both paths are the site's. */
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

/** A router's rule for names. */
export function anyOf(names: readonly string[]): string {
  return `(${names.map((name) => `Host(\`${name}\`)`).join(" || ")})`;
}

/** A Traefik configuration file; `source` is the file that renders it. */
export function yaml(source: string, value: unknown): string {
  return `${managed(source)}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** A configuration file that names a certificate. Traefik watches this file and not the certificate, so the digest makes it read a renewed one. */
export function withCertificate(file: string, certificateDigest: string): string {
  return `${file}# certificate ${certificateDigest}\n`;
}
