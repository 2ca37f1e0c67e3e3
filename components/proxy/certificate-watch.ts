import { basename, dirname } from "node:path";

import { DnsChallenge } from "../dns";
import { HostFile, managed, renderUnit, script } from "../machine";

/** Directory of the routes on the host; Traefik watches it. */
export const ROUTES = "/etc/homeport/traefik/dynamic";

/** A file of that directory, written last: Traefik rereads the certificates and logins it names when it changes, not when they do. */
export function dynamicFile(name: string, text: string): HostFile {
  return { path: `${ROUTES}/${name}`, text, last: true };
}

/** Requests certificates once the CA can issue them. */
export const CERTIFICATES_UNIT = "homeport-certificates.service";

const PROGRAM = "/usr/local/lib/homeport/certificate-watch";
const RESTART = { unit: CERTIFICATES_UNIT, action: "restart" } as const;

/** Where the watch keeps what it asked for in vain: a restart of the machine does not make the CA forget. */
export const CERTIFICATE_TRIES = "/var/lib/homeport-certificates/tries";

/** Seconds before a restart, should it exit. */
const RESTART_SECONDS = 15;

/** The authority, for the watch. */
export interface WatchedAuthority {
  /** URL of the CA's directory. */
  readonly directory: string;
  /** PEM file of the authority that signed the CA's own certificate; undefined: a public one. */
  readonly caFile: string | undefined;
  /** Undefined: HTTP-01. */
  readonly dnsChallenge: DnsChallenge | undefined;
}

/** The files of the certificate watch. */
export function certificateWatch({ directory, caFile, dnsChallenge }: WatchedAuthority): HostFile[] {
  return [
    { path: PROGRAM, text: script("proxy/certificate-watch.sh"), mode: "0755", onChange: RESTART },
    {
      path: "/etc/homeport/certificates.conf",
      text: settings([
        ["directory", directory],
        ...(caFile === undefined ? [] : [["ca", caFile] as const]),
        ...(dnsChallenge === undefined ? [] : [["challenge", "dns-01"] as const]),
        ...(dnsChallenge?.wildcard === undefined ? [] : [["wildcard", dnsChallenge.wildcard] as const]),
      ]),
      onChange: RESTART,
    },
    {
      path: `/etc/systemd/system/${CERTIFICATES_UNIT}`,
      text: renderUnit("certificate-watch.ts", {
        Unit: {
          Description: "Homeport: certificates are asked for once they can be had",
          Wants: "network-online.target",
          After: "network-online.target docker.service",
        },
        Service: {
          ExecStart: PROGRAM,
          Restart: "always",
          RestartSec: String(RESTART_SECONDS),
          RuntimeDirectory: "homeport",
          RuntimeDirectoryPreserve: "restart",
          StateDirectory: basename(dirname(CERTIFICATE_TRIES)),
          StateDirectoryMode: "0700",
          ProtectSystem: "strict",
          ReadWritePaths: `-${ROUTES}`,
          ProtectHome: "yes",
          PrivateTmp: "yes",
          NoNewPrivileges: "yes",
        },
        Install: { WantedBy: "multi-user.target" },
      }),
      onChange: RESTART,
    },
  ];
}

/** A site whose names need certificates. */
export interface CertificateNames {
  /** Name of the application, unique on the server. */
  readonly app: string;
  readonly hosts: readonly string[];
  /** Address or name of the edge that the names have to point to. */
  readonly edge: string;
  /** Whether the names point to Cloudflare's proxy instead, which forwards the authority's requests. Default false. */
  readonly proxied?: boolean;
}

/** The file that describes a site to the watch. */
export function certificateNames({ app, hosts, edge, proxied = false }: CertificateNames): HostFile {
  return {
    path: `/etc/homeport/certificates/${app}`,
    text: settings([
      ["edge", edge],
      ...(proxied ? [["proxied", "yes"] as const] : []),
      ...hosts.map((host) => ["name", host] as const),
    ]),
    onChange: RESTART,
  };
}

/** What the watch writes for a site. */
export function certificateLeftovers(app: string): string[] {
  return [`${ROUTES}/certificate-${app}.yaml`, certificateStatus(app)];
}

/** The status file of a site's certificates on the server, a line per name. */
export function certificateStatus(app: string): string {
  return `/run/homeport/certificate-${app}.status`;
}

function settings(entries: readonly (readonly [string, string])[]): string {
  return managed("certificate-watch.ts") + entries.map(([key, value]) => `${key} ${value}\n`).join("");
}
