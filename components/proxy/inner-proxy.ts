import * as pulumi from "@pulumi/pulumi";

import { dynamicFile } from "./certificate-watch";
import { EMPTY_SPEC, HostSpec } from "../machine/host-spec";
import { IssuedCertificate } from "./internal-authority";
import { renderInnerTransport } from "./routes";
import { Proxy, ProxyContainer } from "./proxy";
import { renderInnerStatic, renderInnerTls, TRAEFIK_PORTS } from "./traefik-config";
import { sha256 } from "../../lib/sha256";
import { INNER_PORT } from "../../plan/ports";
import { CONFIG, proxySecrets } from "./traefik";

/** The name that the servers' proxies have in their certificates; no DNS knows it (`internal` is for private use: ICANN, 2024). */
export const INNER_NAME = "application.internal";

/** A certificate of the internal authority, and the authority itself. PEM. */
export interface InnerCertificate {
  readonly authority: string;
  readonly certificate: string;
}

/** The container of a server's proxy behind the ingress, whose tunnel address is given. */
export function innerContainer(ingress: string): ProxyContainer {
  return {
    startFiles: [{ path: `${CONFIG}/traefik.yaml`, text: renderInnerStatic(ingress) }],
    environment: [],
    // Open to the ingress alone, by the firewall: the tunnel's own address may not be there yet when Docker starts.
    ports: [{ internal: TRAEFIK_PORTS.inner, external: INNER_PORT, ip: "0.0.0.0" }],
    storage: false,
  };
}

/** A server's proxy behind the ingress: it answers who shows a certificate of the internal authority. */
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

/** What the ingress is told beside its own to speak to the servers' proxies. */
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

/** The same, of the secret files; the directory is there for the ingress's own. */
export function innerClientSecrets(key: string): HostSpec {
  return { ...proxySecrets({ "inner.key": key }), directories: [] };
}
