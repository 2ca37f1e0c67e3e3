import * as pulumi from "@pulumi/pulumi";

import { DefaultCertificate } from "./default-certificate";
import { mergeSpecs } from "./host/host-spec";
import { innerClientSecrets, innerClientSpec } from "./inner-proxy";
import { InternalAuthority } from "./internal-authority";
import { DashboardLogin, Proxy, publicContainer, TraefikSettings, traefikSecrets, traefikSpec } from "./traefik";

export interface PublicProxyArgs {
  readonly settings: TraefikSettings;
  readonly login: Omit<DashboardLogin, "hash"> & { readonly hash: pulumi.Output<string> };
  /** The authority of the servers' proxies; undefined: there are none behind this one. */
  readonly authority: InternalAuthority | undefined;
}

/** The proxy where TLS ends; behind it are containers on its own host, and the other servers' proxies. */
export function publicProxy(name: string, { settings, login, authority }: PublicProxyArgs): Proxy {
  const unknown = new DefaultCertificate(name);
  const spec = unknown.certificate.apply((pem) => traefikSpec(settings, pem));
  const secrets = pulumi.all([unknown.key, login.hash]).apply(([key, hash]) => traefikSecrets(key, { ...login, hash }));
  const container = publicContainer(settings);
  if (authority === undefined) return { container, spec, secrets };
  const client = authority.issue("ingress", { dnsNames: [], uses: "client" });
  return {
    container,
    spec: pulumi
      .all([spec, authority.certificate, client.certificate])
      .apply(([own, ca, certificate]) => mergeSpecs(own, innerClientSpec({ authority: ca, certificate }))),
    secrets: pulumi.all([secrets, client.key]).apply(([own, key]) => mergeSpecs(own, innerClientSecrets(key))),
  };
}
