import { stringify } from "yaml";

import { managed } from "./managed";

/** Where things are inside the Traefik container. */
export const TRAEFIK_PATHS = {
  config: "/etc/traefik/traefik.yaml",
  dynamic: "/etc/traefik/dynamic",
  caFile: "/etc/traefik/acme-ca.pem",
  certificate: "/etc/traefik/default.crt",
  key: "/etc/traefik/secrets/default.key",
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
  /** Storage file in the container; each CA has its own. */
  readonly storage: string;
}

/** Largest request header, bytes; Go's own default of 1 MiB is a gift to an attacker (targets: 64 KiB). */
const MAX_HEADER_BYTES = 65536;

/** Traefik's static configuration: file provider only, so that it needs no Docker socket. */
export function renderTraefikStatic(acme: Acme): string {
  const strict = {
    maxHeaderBytes: MAX_HEADER_BYTES,
    // SCRIPT_NAME and its like would reach the application as the proxy's own headers.
    underscoreHeadersStrategy: "reject",
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
    accessLog: { format: "json", fields: { headers: { defaultMode: "drop" } } },
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
      acme: {
        acme: {
          caServer: acme.directory,
          email: acme.email,
          storage: acme.storage,
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
  readonly hosts: readonly string[];
  /** Names under which only the admin answers, on its own entry point. */
  readonly adminHosts: readonly string[];
  /** Addresses of the containers, `name:port`. */
  readonly backends: readonly string[];
}

/** Path of Django's admin. It is answered on the entry point `admin` only; on the public ones it does not exist. */
export const ADMIN_PATH = "/admin";

/** The switch of a deploy: which containers serve the site. */
export function renderRoute({ app, hosts, adminHosts, backends }: Route): string {
  const anyOf = (names: readonly string[]): string => `(${names.map((name) => `Host(\`${name}\`)`).join(" || ")})`;
  return yaml("render/traefik.ts", {
    http: {
      routers: {
        [app]: {
          entryPoints: ["websecure"],
          rule: `${anyOf(hosts)} && !PathPrefix(\`${ADMIN_PATH}\`)`,
          service: app,
          tls: { certResolver: "acme", domains: [{ main: hosts[0], sans: hosts.slice(1) }] },
        },
        [`${app}-admin`]: { entryPoints: ["admin"], rule: anyOf([...hosts, ...adminHosts]), service: app, tls: {} },
      },
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

function yaml(source: string, value: unknown): string {
  return `${managed(source)}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
