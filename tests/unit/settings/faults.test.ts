import { readSettings } from "../../../settings/load";
import { allowedBy, Allowed } from "../../../settings/allowed";
import { schema } from "../../../settings/schema";
import { changed, documented, faultsOf, FULL } from "../../support/settings";

// A path as the test's helper takes it, the value, and what is said.
test.each<[string, unknown, string[]]>([
  ["domain", "Example.org", ['domain: "Example.org" is not a domain name: write example.org']],
  ["domain", undefined, ["domain: is required: a domain name such as example.org"]],
  ["domain", 123, ["domain: 123 is not a domain name such as example.org"]],
  ["domain", "bücher.example", ['domain: "bücher.example" is not a domain name: write xn--bcher-kva.example']],
  [
    "domain",
    "xn--e1afmkfd.xn--p1ai",
    [
      "hosts[0]: www.example.org is not in the zone of xn--e1afmkfd.xn--p1ai (dns.zoneId), the only one whose records are written: remove it, give it a stack of its own, or set dns.provider to none and enter all records yourself",
      "hosts[1]: example.org is not in the zone of xn--e1afmkfd.xn--p1ai (dns.zoneId), the only one whose records are written: remove it, give it a stack of its own, or set dns.provider to none and enter all records yourself",
    ],
  ],
  ["domain", "example.org.", ['domain: "example.org." is not a domain name: write example.org']],
  ["domain", "https://example.org/x", ['domain: "https://example.org/x" is not a domain name: write example.org']],
  ["domain", "localhost", ['domain: "localhost" is not a domain name such as example.org']],
  ["domain", "*.example.org", ['domain: "*.example.org" is not a domain name such as example.org']],
  ["domain", "1.2.3.4", ['domain: "1.2.3.4" is not a domain name such as example.org']],
  [
    "hosts",
    "www.example.org",
    ['hosts: "www.example.org" is not a list, each a domain name such as example.org: write [www.example.org]'],
  ],
  ["hosts/1", "not a name", ['hosts[1]: "not a name" is not a domain name such as example.org']],
  [
    "hosts",
    ["a.example.org", "b.example.org", "a.example.org", "www.other.test"],
    [
      "hosts[2]: a.example.org is there already (hosts[0]): remove one of them",
      "hosts[3]: www.other.test is not in the zone of example.org (dns.zoneId), the only one whose records are written: remove it, give it a stack of its own, or set dns.provider to none and enter all records yourself",
    ],
  ],
  [
    "edge",
    undefined,
    ["edge: is required: a group of settings: address, port, hostKey, privateKeyFile, user, sshFrom"],
  ],
  ["edge", "abc", ['edge: "abc" is not a group of settings: address, port, hostKey, privateKeyFile, user, sshFrom']],
  [
    "edge",
    null,
    [
      "edge: is empty: remove it, or give it a group of settings: address, port, hostKey, privateKeyFile, user, sshFrom",
    ],
  ],
  ["edge/address", undefined, ["edge.address: is required: an address such as 192.168.1.101, or a name"]],
  [
    "edge/address",
    "-oProxyCommand=x",
    ['edge.address: "-oProxyCommand=x" is not an address such as 192.168.1.101, or a name'],
  ],
  [
    "edge/address",
    "ssh://1.2.3.4",
    ['edge.address: "ssh://1.2.3.4" is not an address such as 192.168.1.101, or a name'],
  ],
  ["edge/hostkey", "x", ["edge.hostkey: unknown setting: write hostKey"]],
  [
    "edge/hostKey",
    "ssh-dss AAAA",
    [
      'edge.hostKey: "ssh-dss AAAA" is of type ssh-dss, which cannot be used: give the machine\'s key of another type: ssh-keyscan -t ed25519 ADDRESS',
    ],
  ],
  [
    "edge/hostKey",
    "ssh-rsa AAAA",
    [
      'edge.hostKey: "ssh-rsa AAAA" is of type ssh-rsa, which cannot be used: give the machine\'s key of another type: ssh-keyscan -t ed25519 ADDRESS',
    ],
  ],
  [
    "edge/hostKey",
    "ssh-ed25519",
    [
      "edge.hostKey: \"ssh-ed25519\" is not a host key such as 'ssh-ed25519 AAAA...': ssh-keyscan -t ed25519 ADDRESS shows it",
    ],
  ],
  [
    "edge/hostKey",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nabc",
    [
      'edge.hostKey: "-----BEGIN OPENSSH PRIVATE KEY-----..." is a private key, which belongs in no settings: give the machine\'s public one',
    ],
  ],
  [
    "edge/hostKey",
    5,
    ["edge.hostKey: 5 is not a host key such as 'ssh-ed25519 AAAA...' (ssh-keyscan -t ed25519 ADDRESS)"],
  ],
  ["edge/port", 0, ["edge.port: 0 is not a whole number from 1 to 65535"]],
  ["edge/port", 65536, ["edge.port: 65536 is not a whole number from 1 to 65535"]],
  ["edge/port", "22", ['edge.port: "22" is not a whole number from 1 to 65535: write 22, without quotes']],
  [
    "edge/sshFrom",
    "10.0.0.0/8",
    ['edge.sshFrom: "10.0.0.0/8" is not a list, each an IPv4 network such as 10.77.0.0/24: write [10.0.0.0/8]'],
  ],
  ["edge/sshFrom/0", "10.0.0.1/8", ['edge.sshFrom[0]: "10.0.0.1/8" is an address inside a network: write 10.0.0.0/8']],
  ["edge/sshFrom/0", "10.0.0.1", ['edge.sshFrom[0]: "10.0.0.1" is not an IPv4 network such as 10.77.0.0/24']],
  ["edge/privateKeyFile", "/nowhere/x", ['edge.privateKeyFile: "/nowhere/x" is not there: correct the path']],
  ["edge/privateKeyFile", "/tmp", ['edge.privateKeyFile: "/tmp" is a folder: name the file in it']],
  ["edge/privateKeyFile", "/etc/passwd", ['edge.privateKeyFile: "/etc/passwd" is not a private ssh key']],
  ["edge/user", "pi rm", ['edge.user: "pi rm" is not a user name such as pi']],
  ["edge/user", null, ["edge.user: is empty: remove it, or give it a user name such as pi"]],
  [
    "servers",
    [],
    [
      "servers: is empty: it needs a group of settings: address, port, hostKey, privateKeyFile, name, user, platform, place, edgeAddress, replicas, sshFrom, open, reach, sshOverTunnel",
    ],
  ],
  [
    "servers",
    { name: "pi" },
    [
      "servers: a group of settings is not a list, each a group of settings: address, port, hostKey, privateKeyFile, name, user, platform, place, edgeAddress, replicas, sshFrom, open, reach, sshOverTunnel",
    ],
  ],
  [
    "servers",
    undefined,
    [
      "servers: is required: a list, each a group of settings: address, port, hostKey, privateKeyFile, name, user, platform, place, edgeAddress, replicas, sshFrom, open, reach, sshOverTunnel",
    ],
  ],
  ["servers/0/name", "vps", ["servers[0].name: vps is the name of another machine already: choose another"]],
  [
    "servers/0/replicas",
    0,
    ["servers[0].replicas: 0 is too few: the first server runs the release commands and jobs, so it needs 1 or more"],
  ],
  [
    "servers/0/name",
    "Pi 1",
    ['servers[0].name: "Pi 1" is not a name of 2 to 31 lower-case letters, digits and hyphens'],
  ],
  [
    "servers/0/name",
    undefined,
    ["servers[0].name: is required: a name of 2 to 31 lower-case letters, digits and hyphens"],
  ],
  ["servers/0/place", "cellar", ['servers[0].place: "cellar" is not home or public']],
  [
    "servers/0/platform",
    "linux/mips",
    ['servers[0].platform: "linux/mips" is not linux/arm/v7, linux/arm64 or linux/amd64'],
  ],
  [
    "servers/0/platform",
    "arm64",
    ['servers[0].platform: "arm64" is not linux/arm/v7, linux/arm64 or linux/amd64: write linux/arm64'],
  ],
  [
    "servers/0/open",
    ["53/udp", "70000/tcp"],
    ['servers[0].open[1]: "70000/tcp" is not a port with its protocol, such as 53/udp'],
  ],
  ["servers/0/open", ["53"], ['servers[0].open[0]: "53" is not a port with its protocol, such as 53/udp']],
  ["servers/0/sshfrom", [], ["servers[0].sshfrom: unknown setting: write sshFrom"]],
  ["servers/0/sshOverTunnel", "yes", ['servers[0].sshOverTunnel: "yes" is not true or false']],
  [
    "servers/0/sshOverTunnel",
    "true",
    ['servers[0].sshOverTunnel: "true" is not true or false: write true, without quotes'],
  ],
  ["tunnel/network", "10.77.0.0", ['tunnel.network: "10.77.0.0" is not an IPv4 network such as 10.77.0.0/24']],
  [
    "tunnel/network",
    "192.168.77.0/24",
    [
      "tunnel.network: 192.168.77.0/24 has the address of pi in it (192.168.77.10): choose a network that you use nowhere, such as 10.77.0.0/24",
    ],
  ],
  [
    "tunnel/network",
    "172.17.3.0/24",
    [
      "tunnel.network: 172.17.3.0/24 overlaps with Docker's own network 172.17.0.0/16: choose one that you use nowhere, such as 10.77.0.0/24",
    ],
  ],
  [
    "tunnel/interface",
    "a name",
    ['tunnel.interface: "a name" is not an interface\'s name of at most 15 lower-case letters, digits, - and _'],
  ],
  ["tunnel/mtu", 1500, ["tunnel.mtu: 1500 is not a whole number from 1280 to 1440"]],
  ["tls/email", "nobody", ['tls.email: "nobody" is not an e-mail address']],
  ["tls/wildcard", true, ["tls.wildcard: needs tls.challenge dns-01: no authority issues a wildcard by http-01"]],
  [
    "tls/directory",
    "stagin",
    ['tls.directory: "stagin" is not staging, production or the URL of an ACME directory: write staging'],
  ],
  ["tls/directory", "ftp://x", ['tls.directory: "ftp://x" is not staging, production or the URL of an ACME directory']],
  ["tls/directory", 5, ["tls.directory: 5 is not staging, production or the URL of an ACME directory"]],
  ["tls/caFile", "/etc/passwd", ['tls.caFile: "/etc/passwd" holds no certificate in PEM format']],
  [
    "dnsToken",
    "plain text",
    ["dnsToken: is stored in plain text: revoke it, then set a new one with 'pulumi config set --secret'"],
  ],
  ["dns/zoneId", "zone", ['dns.zoneId: "zone" is not a zone id of 32 hexadecimal digits']],
  ["dns/zoneId", undefined, ["dns.zoneId: is required: a zone id of 32 hexadecimal digits"]],
  ["dns/ttlSeconds", 59, ["dns.ttlSeconds: 59 is not a whole number from 60 to 86400"]],
  ["dns/provider", "route53", ['dns.provider: "route53" is not none or cloudflare']],
  ["dns/provider", "cloudfare", ['dns.provider: "cloudfare" is not none or cloudflare: write cloudflare']],
  ["dns/provider", undefined, ["dns.provider: is required: none or cloudflare"]],
  [
    "dns",
    { provider: "cloudfare", zoneId: "x", proxied: 5, foo: 1 },
    [
      "dns.foo: unknown setting; there are provider, zoneId, apiUrl, ttlSeconds, caa, adopt, proxied (docs/settings.md)",
      'dns.provider: "cloudfare" is not none or cloudflare: write cloudflare',
      "dns.proxied: 5 is not true or false",
      'dns.zoneId: "x" is not a zone id of 32 hexadecimal digits',
    ],
  ],
  [
    "dns",
    { provider: "none", zoneId: "x" },
    ["dns.zoneId: does not go with the settings beside it: remove it, or see docs/settings.md"],
  ],
  [
    "dns",
    "none",
    ['dns: "none" is not a group of settings: provider, zoneId, apiUrl, ttlSeconds, caa, adopt, proxied'],
  ],
  ["app/workers", 1.5, ["app.workers: 1.5 is not a whole number from 1 to 64"]],
  [
    "app/adminPath",
    "manage/",
    ['app.adminPath: "manage/" is not a path such as /admin/, with a slash at both ends or a list of such'],
  ],
  [
    "app/adminPath",
    ["/admin/", "/"],
    ['app.adminPath[1]: "/" is not a path such as /admin/, with a slash at both ends'],
  ],
  ["app/adminPath", 3, ["app.adminPath: 3 is not a path such as /admin/, with a slash at both ends or a list of such"]],
  [
    "app/adminPath",
    "/api/admin/",
    ['app.adminPath: "/api/admin/" is taken by the proxy\'s dashboard: choose another path'],
  ],
  [
    "app/environment/HOMEPORT_SITE",
    "{}",
    ["app.environment.HOMEPORT_SITE: names with HOMEPORT_ are the program's own"],
  ],
  ["app/environment/DEBUG", 1, ['app.environment.DEBUG: 1 is not a text: write "1", with quotes']],
  ["app/environment/DEBUG", true, ['app.environment.DEBUG: true is not a text: write "true", with quotes']],
  [
    "app/environment/time zone",
    "UTC",
    ['app.environment["time zone"]: "time zone" is not a variable name of letters, digits and _'],
  ],
  [
    "app/variables/DB",
    "database.table",
    [
      'app.variables.DB: "database.table" is not a value such as key, database.host, storage.accessKey, services.redis.url or secret.NAME',
    ],
  ],
  [
    "app/volumes",
    ["media"],
    ['app.volumes[0]: "media" is not an absolute path inside the container, such as /app/media'],
  ],
  ["app/volumes", ["/run/secrets/x"], ['app.volumes[0]: "/run/secrets/x" is taken: choose another path']],
  ["app/health/status", 99, ["app.health.status: 99 is not a whole number from 100 to 599 or a list of such"]],
  ["app/health/status", [99], ["app.health.status[0]: 99 is not a whole number from 100 to 599"]],
  ["app/health/status", "ok", ['app.health.status: "ok" is not a whole number from 100 to 599 or a list of such']],
  [
    "app/processes",
    { Worker: { command: "x" } },
    ['app.processes.Worker: "Worker" is not a name of at most 31 lower-case letters, digits and hyphens'],
  ],
  ["app/processes", { worker: {} }, ["app.processes.worker.command: is required: a text or a list of such"]],
  [
    "app/processes",
    { worker: "celery" },
    ['app.processes.worker: "celery" is not a group of settings: command, instances, memoryMb'],
  ],
  ["app/buildArgs/PYTHON_IMAGE", "x", ["app.buildArgs.PYTHON_IMAGE: is set by the program: use images.python"]],
  [
    "app/jobs",
    [
      { name: "clean-up", schedule: "*-*-* 03:30", command: "python manage.py clearsessions" },
      { name: "clean-up", schedule: "*-*-* 03:30", command: "python manage.py clearsessions" },
    ],
    ["app.jobs[1].name: another job has this name: choose another"],
  ],
  ["app/jobs/0/schedule", "daily'", ['app.jobs[0].schedule: "daily\'" is not a time such as daily or Mon *-*-* 03:30']],
  ["app/adapter", "no", ['app.adapter: "no" is not true, false or a group of settings: keep']],
  [
    "app/adapter",
    { keep: ["debugg"] },
    [
      'app.adapter.keep[0]: "debugg" is not debug, key, hosts, csrf, proxy, cookies, hsts, database, media, static, storage, uploads, logs, checks, volume, logins or middleware: write debug',
    ],
  ],
  ["app/logLevel", "LOUD", ['app.logLevel: "LOUD" is not DEBUG, INFO, WARNING, ERROR or CRITICAL']],
  [
    "app/logLevel",
    "warning",
    ['app.logLevel: "warning" is not DEBUG, INFO, WARNING, ERROR or CRITICAL: write WARNING'],
  ],
  [
    "app/capabilities",
    ["SYS_ADMIN"],
    ['app.capabilities[0]: "SYS_ADMIN" is not CHOWN, DAC_OVERRIDE, FOWNER, KILL, NET_BIND_SERVICE, SETGID or SETUID'],
  ],
  ["app/rotate/djangoKey", 2, ['app.rotate.djangoKey: 2 is not a text: write "2", with quotes']],
  ["app/command", [], ["app.command: a list is not a text or a list of such"]],
  ["app/release", "migrate", ['app.release: "migrate" is not a list, each a text: write [migrate]']],
  [
    "app/services",
    { redis: { policy: "none" } },
    [
      'app.services.redis.policy: "none" is not noeviction, allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random or volatile-ttl',
    ],
  ],
  ["app/services", { db: {} }, ["app.services.db.image: is required: only redis and valkey have a default"]],
  ["images/python", { "linux/arm": "x" }, ['images.python["linux/arm"]: unknown setting: write linux/arm/v7']],
  ["images/python", 5, ["images.python: 5 is not a text or a list by name, each a text"]],
  [
    "appSecrets",
    { mail: "[secret]" },
    ['appSecrets.mail: "mail" is not a name of capitals, digits and _, such as MAIL_PASSWORD'],
  ],
  [
    "appSecrets",
    "plain",
    [
      "appSecrets: the secret is not a group of secrets: set each with 'pulumi config set --secret --path homeport:appSecrets.NAME'",
    ],
  ],
  [
    "appSecrets",
    { MAIL: "abc" },
    ["appSecrets.MAIL: is stored in plain text: revoke it, then set a new one with 'pulumi config set --secret'"],
  ],
  [
    "storage",
    {},
    ["storage.bucket: is required: the name of a bucket", "storage.endpoint: is required: the URL of an S3 endpoint"],
  ],
  [
    "storage",
    { endpoint: "s3.example.org", bucket: "X" },
    [
      'storage.bucket: "X" is not the name of a bucket',
      'storage.endpoint: "s3.example.org" is not the URL of an S3 endpoint',
      "storageAccessKey: is required with storage: set it with 'pulumi config set --secret storageAccessKey KEY'",
      "storageSecretKey: is required with storage: set it with 'pulumi config set --secret storageSecretKey KEY'",
    ],
  ],
  [
    "no such",
    1,
    [
      '["no such"]: unknown setting; there are host, domain, hosts, edge, ingress, servers, tunnel, tls, dnsToken, dns, proxy, database, databaseUrl, storage, storageAccessKey, storageSecretKey, backup, backupEnvironment, backupKey, alerts, updates, alertUrls, alertHeartbeat, images, app, appSecrets (docs/settings.md)',
    ],
  ],
  ["Edge", {}, ["Edge: unknown setting: write edge"]],
  ["databse", {}, ["databse: unknown setting: write database"]],
])("%s = %j", (at, value, faults) => {
  expect(faultsOf(changed(FULL, at, value))).toEqual(faults);
});

describe("every setting", () => {
  /** A value that stands for each kind; none is a value of all settings. */
  const WRONG = { text: "?", number: -1.5, truth: true, list: [[]], group: { "?": 1 }, none: null };

  /** What zod says by itself. */
  const RAW = /invalid|expected|received|too (small|big)|string|boolean|array|object|regex|pattern/i;

  const leaves = leavesOf(allowedBy(schema), []);

  test("is known to this test", () => {
    expect(leaves.length).toBeGreaterThan(90);
  });

  test.each(leaves)("$at names its path, what was given and what is allowed, in words for people", ({ at, leaf }) => {
    const faults = Object.entries(WRONG).flatMap(([kind, value]) =>
      faultsOf(changed(FULL, at, value))
        .filter((fault) => fault.startsWith(documented(at)))
        .map((fault) => ({ kind, fault })),
    );
    // A setting of free text takes one kind of the six.
    expect(new Set(faults.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(leaf.type === "object" ? 3 : 4);
    for (const { fault } of faults) {
      expect(fault).not.toMatch(RAW);
      expect(fault).toMatch(/: .*\b(is|has|needs?|unknown|does)\b/);
    }
  });
});

test("all faults are told at once, whatever their kind, sorted by path", () => {
  const faults: [string, unknown][] = [
    ["domain", undefined],
    ["edge", "198.51.100.10"],
    ["servers/0/port", "22"],
    ["servers/0/hostkey", "none"],
    ["tls/email", 5],
    ["dns/provider", "cloudfare"],
    ["dns/zoneId", "zone"],
    ["database/engine", "postgresql"],
    ["app/typo", 1],
    ["extra", {}],
  ];
  const values = faults.reduce<Record<string, unknown>>((all, [at, value]) => changed(all, at, value), FULL);
  expect(faultsOf(values).map((fault) => fault.split(":")[0])).toEqual([
    "app.typo",
    "database.server",
    "dns.provider",
    "dns.zoneId",
    "domain",
    "edge",
    "extra",
    "servers[0].hostkey",
    "servers[0].port",
    "tls.email",
  ]);
});

test("a path that was set without --path, or has a variable in it, is told so", () => {
  const values = {
    ...changed(FULL, "edge/privateKeyFile", "$HOME/.ssh/none"),
    "app.context": "./site",
    "servers[0]": {},
  };
  expect(faultsOf(values)).toEqual([
    `["app.context"]: unknown setting: write it below app, or with 'pulumi config set --path'`,
    `["servers[0]"]: unknown setting: write it below servers, or with 'pulumi config set --path'`,
    'edge.privateKeyFile: "$HOME/.ssh/none" is not there: a variable is not read in it, write ~/ for the home directory',
  ]);
});

test("a value that is secret, or may be, is not shown", () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n";
  const values = changed(
    changed(FULL, "edge/privateKeyFile", key),
    "storage/endpoint",
    "ftp://user:word@s3.example.org",
  );
  expect(faultsOf(values).join("\n")).not.toMatch(/b3Bl|word@/);
  process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(["project:tls"]);
  try {
    expect(faultsOf(changed(FULL, "tls/email", "hunter2"))).toEqual(["tls.email: the secret is not an e-mail address"]);
  } finally {
    delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
  }
});

test.each(["2001:db8::10", "[2001:db8::10]", "fe80::1%eth0"])("%s is no address so far, and a name is", (address) => {
  expect(faultsOf(changed(FULL, "servers/0/address", address))).toEqual([
    `servers[0].address: "${address}" is an IPv6 address: give the machine's IPv4 address, or a name, which may lead to either`,
  ]);
});

test("a server that is the edge, and no other machine behind the same address", () => {
  const [server] = FULL.servers;
  const at = (port: number) => ({ ...FULL, servers: [{ ...server, address: FULL.edge.address, port }] });
  expect(faultsOf(at(FULL.edge.port))).toEqual([
    "servers[0].address: 198.51.100.10 (port 2222) is already used by the edge: a machine has one role only",
  ]);
  expect(faultsOf(at(22))).toEqual([]);
});

describe("names of the site", () => {
  test.each(["xn--e1afmkfd.xn--p1ai", "xn--bcher-kva.example", `${"a".repeat(63)}.example.org`, "1and1.co.uk"])(
    "%s is a domain",
    (domain) => {
      expect(readSettings({ ...FULL, domain, hosts: [], dns: { provider: "none" } }).hosts).toEqual([
        `www.${domain}`,
        domain,
      ]);
    },
  );

  test.each([
    ["www.example.org", "shop.example.org"],
    ["www.example.org", "example.org"],
    ["shop.example.co.uk", "www.example.co.uk"],
  ])("%s may have the name %s beside it, of one zone", (domain, host) => {
    expect(faultsOf({ ...FULL, domain, hosts: [host] })).toEqual([]);
  });

  test.each([
    ["example.org", "example.net"],
    ["example.org", "notexample.org"],
    ["one.co.uk", "two.co.uk"],
  ])("beside %s the name %s needs another zone, unless you enter the records yourself", (domain, host) => {
    expect(faultsOf({ ...FULL, domain, hosts: [host] })).toEqual([
      expect.stringMatching(/^hosts\[0\]: .* is not in the zone of .* \(dns\.zoneId\)/) as string,
    ]);
    expect(faultsOf({ ...FULL, domain, hosts: [host], dns: { provider: "none" } })).toEqual([]);
  });
});

function leavesOf(node: Allowed, path: readonly string[]): { at: string; leaf: Allowed }[] {
  const { properties, prefixItems, oneOf } = node;
  const inside = properties ?? oneOf?.at(-1)?.properties ?? prefixItems?.[0]?.properties;
  if (inside === undefined) return [{ at: path.join("/"), leaf: node }];
  const here = prefixItems === undefined ? path : [...path, "0"];
  return Object.entries(inside).flatMap(([name, child]) => leavesOf(child, [...here, name]));
}
