import { stringify } from "yaml";

import { managed } from "./managed";

/** Where things are inside the Traefik container. */
export const TRAEFIK_PATHS = {
  config: "/etc/traefik/traefik.yaml",
  dynamic: "/etc/traefik/dynamic",
  caFile: "/etc/traefik/acme-ca.pem",
  certificate: "/etc/traefik/default.crt",
  key: "/etc/traefik/secrets/default.key",
  users: "/etc/traefik/secrets/users",
  storage: "/acme",
} as const;

/** Ports inside the container: above 1023, so that Traefik needs no capability. */
export const TRAEFIK_PORTS = { web: 8000, websecure: 8443, admin: 9443 } as const;

/** Port of the server on which the admin answers. */
export const ADMIN_PORT = 8443;

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
}

/** Name of the resolver that asks the authority; only `scripts/certificate-watch.sh` names it in a router. */
const RESOLVER = "acme";

/** Largest request header, bytes; Go's own default of 1 MiB is a gift to an attacker (targets: 64 KiB). */
const MAX_HEADER_BYTES = 65536;

/** Traefik's static configuration: file provider only, so that it needs no Docker socket. */
export function renderTraefikStatic(acme: Acme): string {
  const strict = {
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
  const toHttps = { redirections: { entryPoint: { to: ":443", scheme: "https", permanent: true } } };
  return yaml("render/traefik.ts", {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: "INFO", noColor: true },
    // Tokens travel in headers and queries, and a log is read by more people than a request.
    accessLog: {
      format: "json",
      fields: { headers: { defaultMode: "drop" }, queryParameters: { defaultMode: "drop" } },
    },
    // Reached by the router of renderDashboard alone.
    api: { dashboard: true, insecure: false, disableDashboardAd: true },
    ping: {},
    entryPoints: {
      web: { address: `:${TRAEFIK_PORTS.web}`, http: { ...toHttps, ...strict } },
      websecure: { address: `:${TRAEFIK_PORTS.websecure}`, http: strict },
      admin: { address: `:${TRAEFIK_PORTS.admin}`, http: strict },
      // Traefik's own ping needs an entry point; inside the container only.
      traefik: { address: "127.0.0.1:8080" },
    },
    providers: { providersThrottleDuration: "100ms", file: { directory: TRAEFIK_PATHS.dynamic, watch: true } },
    certificatesResolvers: {
      [RESOLVER]: {
        acme: {
          caServer: acme.directory,
          email: acme.email,
          storage: acme.storage,
          ...(acme.profile === undefined ? {} : { profile: acme.profile }),
          certificatesDuration: acme.lifetimeHours,
          keyType: "EC256",
          httpChallenge: { entryPoint: "web" },
        },
      },
    },
  });
}

/**
 * TLS of every entry point: Mozilla's intermediate profile 5.7 as Go can express it.
 * The digest makes Traefik read a renewed certificate, because it watches this file and not the certificate's.
 */
export function renderTraefikTls(certificateDigest: string): string {
  return `${yaml("render/traefik.ts", {
    tls: {
      options: {
        default: {
          minVersion: "VersionTLS12",
          cipherSuites: [
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          ],
          curvePreferences: ["X25519", "CurveP256", "CurveP384"],
        },
      },
      stores: { default: { defaultCertificate: { certFile: TRAEFIK_PATHS.certificate, keyFile: TRAEFIK_PATHS.key } } },
    },
  })}# certificate ${certificateDigest}\n`;
}

/** A site and the containers that serve it now. */
export interface Route {
  /** Name of the application, unique on the server. */
  readonly app: string;
  /** The first serves; the others send there. */
  readonly hosts: readonly string[];
  /** Names under which only the admin answers, on its own entry point. */
  readonly adminHosts: readonly string[];
  /** Addresses of the containers, `name:port`. */
  readonly backends: readonly string[];
}

/** Path of Django's admin. It is answered on the entry point `admin` only; on the public ones it does not exist. */
export const ADMIN_PATH = "/admin";

/** The switch of a deploy: which containers serve the site. No router here asks for a certificate: a deploy would then ask each time. */
export function renderRoute({ app, hosts, adminHosts, backends }: Route): string {
  const [main = "", ...others] = hosts;
  const publicly = (names: readonly string[]): object => ({
    entryPoints: ["websecure"],
    rule: `${anyOf(names)} && !PathPrefix(\`${ADMIN_PATH}\`)`,
    tls: {},
  });
  return yaml("render/traefik.ts", {
    http: {
      routers: {
        [app]: { ...publicly([main]), service: app },
        ...(others.length === 0
          ? {}
          : { [`${app}-others`]: { ...publicly(others), middlewares: [`${app}-main`], service: "noop@internal" } }),
        [`${app}-admin`]: { entryPoints: ["admin"], rule: anyOf([...hosts, ...adminHosts]), service: app, tls: {} },
      },
      ...(others.length === 0
        ? {}
        : {
            middlewares: {
              [`${app}-main`]: {
                redirectRegex: { regex: "^https?://[^/]+(.*)$", replacement: `https://${main}\${1}`, permanent: true },
              },
            },
          }),
      services: {
        [app]: {
          loadBalancer: {
            servers: [...backends].sort().map((backend) => ({ url: `http://${backend}` })),
            passHostHeader: true,
          },
        },
      },
    },
  });
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

function anyOf(names: readonly string[]): string {
  return `(${names.map((name) => `Host(\`${name}\`)`).join(" || ")})`;
}

function yaml(source: string, value: unknown): string {
  return `${managed(source)}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
