import * as pulumi from "@pulumi/pulumi";

import { INNER_PORT } from "../../plan";
import { EMPTY_SPEC, HostSpec } from "../machine";
import { dynamicFile } from "./certificate-watch";
import { IssuedCertificate } from "./internal-authority";
import { renderInnerTransport } from "./routes";
import { Proxy, ProxyContainer } from "./proxy";
import { renderInnerStatic, renderInnerTls, TRAEFIK_PORTS } from "./traefik-config";
import { sha256 } from "../../lib/sha256";
import { CONFIG, proxySecrets } from "./traefik";

/** The name in the servers' proxies' certificates; not in DNS (`internal` is for private use: ICANN, 2024). */
export const INNER_NAME = "application.internal";

/** A certificate of the internal authority, and the authority's own. PEM. */
export interface InnerCertificate {
  readonly authority: string;
  readonly certificate: string;
}

/** The container of a server's proxy behind the ingress; `ingress`: its tunnel address. */
export function innerContainer(ingress: string): ProxyContainer {
  return {
    startFiles: [{ path: `${CONFIG}/traefik.yaml`, text: renderInnerStatic(ingress) }],
    environment: [],
    // The firewall opens it to the ingress alone. Bound to the tunnel's address, the container would not start if the tunnel comes up after Docker.
    ports: [{ internal: TRAEFIK_PORTS.inner, external: INNER_PORT, ip: "0.0.0.0" }],
    storage: false,
  };
}

/** A server's proxy behind the ingress: it requires a client certificate of the internal authority. */
export function innerProxy(ingress: string, authority: pulumi.Output<string>, own: IssuedCertificate): Proxy {
  return {
    container: innerContainer(ingress),
    spec: pulumi
      .all([authority, own.certificate])
      .apply(([ca, certificate]) => innerProxySpec(ingress, { authority: ca, certificate })),
    secrets: own.key.apply((key) => proxySecrets({ "default.key": key })),
    parts: [],
  };
}

/** Its part of the server's spec. */
export function innerProxySpec(ingress: string, { authority, certificate }: InnerCertificate): HostSpec {
  return {
    ...EMPTY_SPEC,
    files: [
      ...innerContainer(ingress).startFiles,
      { path: `${CONFIG}/inner-ca.pem`, text: authority },
      { path: `${CONFIG}/default.crt`, text: certificate },
      dynamicFile("tls.yaml", renderInnerTls(sha256(authority + certificate))),
    ],
  };
}

/** The addition to the ingress's spec for connections to the servers' proxies. */
export function innerClientSpec({ authority, certificate }: InnerCertificate): HostSpec {
  return {
    ...EMPTY_SPEC,
    files: [
      { path: `${CONFIG}/inner-ca.pem`, text: authority },
      { path: `${CONFIG}/inner.crt`, text: certificate },
      dynamicFile("inner.yaml", renderInnerTransport(INNER_NAME, sha256(authority + certificate))),
    ],
  };
}

/** Likewise, the secret files; the directory comes from the ingress's own. */
export function innerClientSecrets(key: string): HostSpec {
  return { ...proxySecrets({ "inner.key": key }), directories: [] };
}
