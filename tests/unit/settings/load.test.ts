import * as pulumi from "@pulumi/pulumi";

import { readSettings } from "../../../settings/load";
import { SECRET } from "../../../settings/secrets";
import { isSecretOf } from "../../support/secret-text";
import { changed, faultsOf, FULL, MINIMAL } from "../../support/settings";

describe("defaults", () => {
  const settings = readSettings(MINIMAL);

  test("every setting that is not required has one", () => {
    const { edge, servers, tls, dns, ...rest } = settings;
    expect(edge).toMatchObject({ name: "vps", port: 22, user: "root", sshFrom: [], privateKeyFile: undefined });
    expect(servers).toEqual([
      expect.objectContaining({
        name: "pi",
        port: 22,
        user: "pi",
        platform: "linux/arm/v7",
        open: [],
        sshOverTunnel: false,
      }),
    ]);
    expect(tls).toEqual({
      directory: "staging",
      email: "operator@example.org",
      challenge: "http-01",
      wildcard: false,
    });
    expect(dns).toEqual({ provider: "none" });
    expect(rest).toEqual({
      host: {},
      appSecrets: {},
      domain: "example.org",
      hosts: ["www.example.org", "example.org"],
      tunnel: { network: "10.77.0.0/24", interface: "wg0", port: 51820, mtu: 1420, keepaliveSeconds: 25 },
      database: { engine: "sqlite", memoryMb: 512, keepData: true },
      ingress: "server",
      proxy: { uploadMaxMb: 4096, publicUploadMaxMb: 10, compress: false, encodedPaths: false },
      images: {
        traefik: expect.stringMatching(/^traefik:/) as string,
        python: expect.stringMatching(/^python:/) as string,
        postgres: expect.stringMatching(/^postgres:/) as string,
        redis: expect.stringMatching(/^redis:/) as string,
      },
      backup: { at: "03:30", keep: { daily: 7, weekly: 4, monthly: 12 }, environment: undefined, key: undefined },
      updates: { security: true },
      alerts: { slowSeconds: 5, urls: undefined, heartbeat: undefined },
      app: {
        context: "./app",
        dockerfile: "Dockerfile",
        buildArgs: {},
        readOnly: true,
        capabilities: [],
        volumes: [],
        health: { path: "/", seconds: 180 },
        adapter: [],
        adminUser: "admin",
        adminPath: ["/admin/"],
        release: {
          commands: ["/opt/homeport/manage migrate --noinput", "/opt/homeport/manage ensureadmin"],
          byDefault: true,
        },
        releaseSeconds: 900,
        releaseEntrypoint: true,
        processes: {},
        services: {},
        memoryMb: 512,
        maxProcesses: 256,
        hsts: { seconds: 3600, includeSubdomains: false, preload: false },
        keepData: true,
        rotate: {},
        environment: {},
        variables: {},
        logLevel: "INFO",
        jobs: [],
      },
    });
  });

  test("records at Cloudflare live for 300 s", () => {
    expect(readSettings({ ...MINIMAL, dns: { provider: "cloudflare", zoneId: FULL.dns.zoneId } }).dns).toMatchObject({
      ttlSeconds: 300,
      caa: "names",
      adopt: false,
      proxied: false,
    });
  });

  test("a group that is given in part keeps the defaults of the rest", () => {
    expect(readSettings({ ...MINIMAL, tunnel: { port: 443 } }).tunnel).toEqual({ ...settings.tunnel, port: 443 });
  });

  test("without a key file the ssh agent is asked", () => {
    expect(settings.edge.privateKey).toBeUndefined();
    expect(settings.servers[0].privateKey).toBeUndefined();
  });
});

test("everything that is given is taken as it is", () => {
  const { edge, servers, ...rest } = readSettings(FULL);
  const { edge: rawEdge, servers: rawServers, tls, ...raw } = FULL;
  expect(rest).toEqual({
    ...raw,
    // As the program wants them: a default for what stands nowhere in FULL, and the release told apart from its own.
    app: {
      ...raw.app,
      ...{ adapter: [], readOnly: true, capabilities: [], volumes: [], variables: {}, processes: {}, services: {} },
      ...{ releaseSeconds: 900, releaseEntrypoint: true, release: { commands: raw.app.release, byDefault: false } },
    },
    images: { ...raw.images, redis: expect.stringMatching(/^redis:/) as string },
    host: {},
    ingress: "server",
    alerts: { slowSeconds: 5, urls: undefined, heartbeat: undefined },
    backup: { ...raw.backup, environment: undefined, key: undefined },
    appSecrets: {},
    tls,
  });
  expect(edge).toMatchObject(rawEdge);
  expect(servers).toMatchObject(rawServers);
});

test("no names are the domain and its www, as without the setting", () => {
  expect(readSettings({ ...MINIMAL, hosts: [] }).hosts).toEqual(readSettings(MINIMAL).hosts);
});

describe("names that are proven by records of the DNS", () => {
  const DNS_01 = changed(changed(MINIMAL, "tls/challenge", "dns-01"), "dnsToken", SECRET);

  test("need a token of their own for that", () => {
    expect(faultsOf(changed(DNS_01, "dnsToken", undefined))).toEqual([
      expect.stringMatching(
        /^dnsToken: is required with tls\.challenge dns-01: set it with 'pulumi config set --secret /,
      ) as string,
    ]);
  });

  test("may have one certificate, and records that nobody keeps for them", () => {
    pulumi.runtime.setConfig("project:dnsToken", "TOKEN");
    const { tls, dns } = readSettings(changed(DNS_01, "tls/wildcard", true));
    expect(tls).toMatchObject({ challenge: "dns-01", wildcard: true });
    expect(dns.provider).toBe("none");
  });

  test("have a token that is secret, and is in nothing else", async () => {
    pulumi.runtime.setConfig("project:dnsToken", "TOKEN");
    const { tls, ...rest } = readSettings(DNS_01);
    await expect(tls.dnsToken && isSecretOf(tls.dnsToken)).resolves.toEqual([true, "TOKEN"]);
    expect(rest).not.toHaveProperty("dnsToken");
    expect(readSettings(changed(DNS_01, "tls/challenge", "http-01")).tls.dnsToken).toBeUndefined();
  });
});
