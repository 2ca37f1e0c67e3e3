import * as pulumi from "@pulumi/pulumi";

import { HostPart, mergeSpecs } from "../machine";
import { DefaultCertificate } from "./default-certificate";
import { innerClientSecrets, innerClientSpec } from "./inner-proxy";
import { InternalAuthority } from "./internal-authority";
import { Proxy } from "./proxy";
import { keyedDigest } from "../../lib/sha256";
import { DashboardLogin, publicContainer, TraefikSettings, traefikSecrets, traefikSpec } from "./traefik";

export interface PublicProxyArgs {
  readonly settings: TraefikSettings;
  readonly login: Omit<DashboardLogin, "hash"> & { readonly hash: pulumi.Output<string> };
  /** Cloudflare's API token, for DNS-01; undefined: another challenge. */
  readonly dnsToken: pulumi.Output<string> | undefined;
  /** The authority of the servers' proxies; undefined: none are behind this one. */
  readonly authority: InternalAuthority | undefined;
}

/** The proxy where TLS ends, in front of containers on its own host and the other servers' proxies. */
export function publicProxy(name: string, { settings, login, dnsToken, authority }: PublicProxyArgs): Proxy {
  const unknown = new DefaultCertificate(name);
  const spec = unknown.certificate.apply((pem) => traefikSpec(settings, pem));
  const secrets = pulumi
    .all([unknown.key, login.hash, dnsToken])
    .apply(([key, hash, token]) => traefikSecrets(key, { ...login, hash }, token));
  const container = {
    ...publicContainer(settings),
    ...(dnsToken === undefined ? {} : { secretsDigest: pulumi.unsecret(dnsToken.apply(tokenDigest)) }),
  };
  return { container, spec, secrets, parts: authority === undefined ? [] : [innerClient(authority)] };
}

/** A bundle of its own: the route names the servers' proxies until its own change is applied. */
function innerClient(authority: InternalAuthority): HostPart {
  const client = authority.issue("ingress", { dnsNames: [], uses: "client" });
  return {
    name: "inner",
    spec: pulumi
      .all([authority.certificate, client.certificate, client.key])
      .apply(([ca, certificate, key]) =>
        mergeSpecs(innerClientSpec({ authority: ca, certificate }), innerClientSecrets(key)),
      ),
  };
}

function tokenDigest(token: string): string {
  return keyedDigest(token, "dns-01");
}
