import * as pulumi from "@pulumi/pulumi";

import { readSettings } from "../../../settings/load";
import { SECRET } from "../../../settings/secrets";
import { isSecretOf } from "../../support/secret-text";
import { changed, FULL, MINIMAL } from "../../support/settings";

/** The lines that name a fault each. */
function faultsOf(values: Record<string, unknown>): string[] {
  try {
    readSettings(values);
  } catch (error) {
    return String(error)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim());
  }
  return [];
}

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
      proxy: { uploadMaxMb: 4096, compress: false, encodedPaths: false },
      images: {
        traefik: expect.stringMatching(/^traefik:/) as string,
        python: expect.stringMatching(/^python:/) as string,
        postgres: expect.stringMatching(/^postgres:/) as string,
        redis: expect.stringMatching(/^redis:/) as string,
      },
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
    appSecrets: {},
    tls,
  });
  expect(edge).toMatchObject(rawEdge);
  expect(servers).toMatchObject(rawServers);
});

describe("rejects, by its path,", () => {
  test.each([
    ["domain", "Example.org", "domain: not a domain name in lower case"],
    ["domain", undefined, "domain: is required"],
    ["hosts/1", "not a name", "hosts/1: not a domain name in lower case"],
    ["edge", undefined, "edge: is required"],
    ["edge/address", undefined, "edge/address: is required"],
    ["edge/hostKey", "ssh-dss AAAA", "edge/hostKey: not a host key such as 'ssh-ed25519 AAAA...' (see: ssh-keyscan)"],
    ["edge/hostKey", "ssh-ed25519", "edge/hostKey: not a host key such as 'ssh-ed25519 AAAA...' (see: ssh-keyscan)"],
    ["edge/port", 0, "edge/port: Too small: expected number to be >=1"],
    ["edge/port", 65536, "edge/port: Too big: expected number to be <=65535"],
    ["edge/port", "22", "edge/port: Invalid input: expected number, received string"],
    ["edge/sshFrom/0", "10.0.0.1/8", "edge/sshFrom/0: 10.0.0.1/8: host bits are set; the network is 10.0.0.0/8"],
    ["servers", [], "servers/0: is required"],
    ["servers/0/name", "vps", "servers/0/name: the name vps is taken by another machine"],
    [
      "servers/0/replicas",
      0,
      "servers/0/replicas: must be 1 or more: the first server runs the release commands and jobs",
    ],
    ["servers", undefined, "servers: is required"],
    ["servers/0/name", "Pi 1", "servers/0/name: not a name of lower-case letters, digits and hyphens"],
    ["servers/0/name", undefined, "servers/0/name: is required"],
    ["tunnel/network", "10.77.0.0", "tunnel/network: 10.77.0.0: not an IPv4 network such as 10.77.0.0/24"],
    ["tunnel/interface", "a name that is too long", "tunnel/interface: not an interface name"],
    ["tunnel/mtu", 1500, "tunnel/mtu: Too big: expected number to be <=1440"],
    ["tls/email", "nobody", "tls/email: Invalid email address"],
    ["tls/wildcard", true, "tls/wildcard: needs tls.challenge dns-01: no authority issues a wildcard by http-01"],
    [
      "dnsToken",
      "plain text",
      "dnsToken: is stored in plain text: revoke it, then set a new one with 'pulumi config set --secret'",
    ],
    ["dns/zoneId", "zone", "dns/zoneId: not a zone id of 32 hexadecimal digits"],
    ["dns/zoneId", undefined, "dns/zoneId: is required"],
    ["dns/ttlSeconds", 59, "dns/ttlSeconds: Too small: expected number to be >=60"],
    ["app/workers", 1.5, "app/workers: Invalid input: expected int, received number"],
    ["app/adminPath", "manage/", "app/adminPath: not a path such as /admin/, with a slash at both ends"],
    ["app/adminPath", "/", "app/adminPath: not a path such as /admin/, with a slash at both ends"],
    ["app/adminPath", "/a(b|c)/", "app/adminPath: not a path such as /admin/, with a slash at both ends"],
    ["app/adminPath", "/../", "app/adminPath: not a path such as /admin/, with a slash at both ends"],
    ["app/adminPath", "/api/admin/", "app/adminPath: is taken by the proxy's dashboard: choose another path"],
    ["app/adminUser", "two words", "app/adminUser: not a user name that Django accepts"],
    ["app/adminPath", ["/admin/", "/"], "app/adminPath/1: not a path such as /admin/, with a slash at both ends"],
    ["app/adminPath", 3, "app/adminPath: Invalid input"],
    [
      "app/environment/HOMEPORT_SITE",
      "{}",
      "app/environment/HOMEPORT_SITE: names with HOMEPORT_ are the program's own",
    ],
    [
      "app/variables/DB",
      "database.table",
      "app/variables/DB: not a value such as key, database.host, storage.accessKey, services.redis.url or secret.NAME",
    ],
    ["app/volumes", ["media"], "app/volumes/0: not an absolute path inside the container, such as /app/media"],
    ["app/volumes", ["/run/secrets/x"], "app/volumes/0: is taken: choose another path"],
    ["app/user", "a b", "app/user: not a user of the image such as django, 1000 or 1000:1000"],
    ["app/health/path", "health", "app/health/path: not a path such as /health"],
    ["app/health/status", 99, "app/health/status: Too small: expected number to be >=100"],
    ["app/processes", { Worker: {} }, "app/processes/Worker: not a name of lower-case letters, digits and hyphens"],
    ["app/processes", { worker: {} }, "app/processes/worker/command: is required"],
    ["app/buildArgs/PYTHON_IMAGE", "x", "app/buildArgs/PYTHON_IMAGE: is set by the program: use images.python"],
    ["app/buildArgs/two words", "x", "app/buildArgs/two words: not a name of a build argument"],
    ["app/port", 0, "app/port: Too small: expected number to be >=1"],
    ["app/hsts/seconds", -1, "app/hsts/seconds: Too small: expected number to be >=0"],
    ["app/environment/time zone", "UTC", "app/environment/time zone: not a variable name of letters, digits and _"],
    ["no such", 1, "no such: unknown setting (see Pulumi.yaml)"],
    ["edge/name", "vps", "edge/name: unknown setting (see Pulumi.yaml)"],
    ["servers/0/open", ["53/udp", "70000/tcp"], "servers/0/open/1: not a port such as 53/udp"],
    ["servers/0/sshfrom", [], "servers/0/sshfrom: unknown setting (see Pulumi.yaml)"],
    ["dns/zone", "", "dns/zone: unknown setting (see Pulumi.yaml)"],
    ["dns/proxied", "yes", "dns/proxied: Invalid input: expected boolean, received string"],
    ["proxy/uploadMaxMb", 0, "proxy/uploadMaxMb: Too small: expected number to be >=1"],
    ["app/jobs/0/name", "Clean up", "app/jobs/0/name: not a name of lower-case letters, digits and hyphens"],
    ["app/jobs/0/schedule", "daily'", "app/jobs/0/schedule: not a time such as daily or Mon *-*-* 03:30"],
    ["app/jobs/0/schedule", "daily\nUser=root", "app/jobs/0/schedule: not a time such as daily or Mon *-*-* 03:30"],
    ["app/jobs/0/command", undefined, "app/jobs/0/command: is required"],
    ["app/jobs", [...FULL.app.jobs, ...FULL.app.jobs], "app/jobs/1/name: another job has this name: choose another"],
    ["app/worker", 3, "app/worker: unknown setting (see Pulumi.yaml)"],
  ])("%s = %j", (at, value, fault) => {
    expect(faultsOf(changed(FULL, at, value))).toEqual([fault]);
  });

  test("a server that is the edge, and no other machine behind the same address", () => {
    const [server] = FULL.servers;
    const at = (port: number) => ({ ...FULL, servers: [{ ...server, address: FULL.edge.address, port }] });
    expect(faultsOf(at(FULL.edge.port))).toEqual([
      "servers/0/address: 198.51.100.10 (port 2222) is already used by the edge: a machine has one role only",
    ]);
    expect(faultsOf(at(22))).toEqual([]);
  });

  test.each([
    ["servers/0/place", "cellar", /home.*public/],
    ["servers/0/platform", "linux/mips", /linux\/arm\/v7.*linux\/arm64.*linux\/amd64/],
    ["app/capabilities", ["SYS_ADMIN"], /app\/capabilities\/0: .*CHOWN.*SETGID.*SETUID/],
    ["app/logLevel", "LOUD", /DEBUG.*INFO.*WARNING.*ERROR.*CRITICAL/],
    ["tls/directory", "letsencrypt", /staging.*production.*URL/],
    ["dns/provider", "route53", /none.*cloudflare/],
  ])("%s = %j, and names what is allowed", (at, value, allowed) => {
    const faults = faultsOf(changed(FULL, at, value));
    expect(faults).toEqual([expect.stringMatching(allowed)]);
    expect(faults[0]?.startsWith(at)).toBe(true);
  });
});

test("no names are the domain and its www, as without the setting", () => {
  expect(readSettings({ ...MINIMAL, hosts: [] }).hosts).toEqual(readSettings(MINIMAL).hosts);
});

test("reports every fault at once, sorted by path, and counts them", () => {
  const faults: [string, unknown][] = [
    ["domain", undefined],
    ["edge/port", 0],
    ["servers/0/hostKey", "none"],
    ["tls/email", undefined],
    ["app/typo", 1],
    ["extra", {}],
  ];
  const values = faults.reduce<Record<string, unknown>>((all, [at, value]) => changed(all, at, value), FULL);
  expect(faultsOf(values).map((fault) => fault.split(":")[0])).toEqual([
    "app/typo",
    "domain",
    "edge/port",
    "extra",
    "servers/0/hostKey",
    "tls/email",
  ]);
  expect(() => readSettings(values)).toThrow("the configuration of stack stack has 6 fault(s):\n  app/typo:");
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
