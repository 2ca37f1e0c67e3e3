import { fullStackName } from "../../../components/site/shared-host";
import { isSecret, plain } from "../../support/mocks";
import { LOGIN, Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const GUEST = {
  host: { stack: "production" },
  domain: "staging.example.org",
  hosts: ["staging.example.org"],
  edge: {},
  servers: [],
  tunnel: {},
  tls: {},
  images: {},
  proxy: {},
  updates: {},
};

let owner: Run;
let host: Record<string, unknown>;
let guest: Run;
beforeAll(async () => {
  owner = await runProgram();
  // As `production` would answer it: the program's run is the stack `dev`, and its operator's key is gone with its directory.
  host = without("privateKeyFile", { ...(owner.outputs["host"]?.value as object), owner: "homeport/production" });
  guest = await runProgram({ settings: GUEST, otherStack: { host } });
});

test("a stack answers where its machines are, and no secret with it", () => {
  expect(owner.outputs["host"]).toMatchObject({
    secret: false,
    value: {
      owner: "homeport/dev",
      names: ["www.example.org", "example.org"],
      caaIssuer: "acme.test",
      edge: { name: "vps", address: "198.51.100.10", port: 2222, user: "admin", tunnelAddress: "10.88.0.1" },
      server: { name: "pi", address: "192.168.77.10", user: "pi", platform: "linux/arm64", sshOverTunnel: true },
      network: "traefik-web-1a2b3c4",
      subnet: "172.18.0.0/16",
    },
  });
});

test("a stack behind Cloudflare's proxy says so to its guests, and another one has nothing to say", async () => {
  const { outputs } = await runProgram({ settings: { dns: { ...FULL.dns, proxied: true } } });
  expect(outputs["host"]?.value).toMatchObject({ proxied: true });
  expect(owner.outputs["host"]?.value).not.toHaveProperty("proxied");
});

test("a guest makes what belongs to its site, and nothing of the machines", () => {
  const made = guest.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ name }) => name)
    .sort();
  expect(made).toEqual([
    "app-adapter",
    "app-admin-password",
    "app-django-key",
    "app-facts",
    "app-gate",
    "app-image",
    "app-release",
    "app-release-repair",
    "app-release-run",
    "app-route",
    "app-secrets",
    "app-transfer",
    "app-visit",
    "app-volumes",
    "app-web",
    "app-web-repair",
    "backup-key",
    "dns-a-staging.example.org",
    "dns-adoption-removal",
    "dns-caa-staging.example.org",
    "dns-edge",
    "pi-drift-revision",
  ]);
});

test("a guest's bundles are its own: another owner, other names, no file of the host", () => {
  for (const bundle of ["secrets", "adapter", "route"]) {
    const told = guest.resource(`app-${bundle}`, "command:remote:Command").inputs["stdin"];
    expect(isSecret(told)).toBe(bundle === "secrets");
    expect(String(plain(told))).toContain(`\nbundle homeport-dev-${bundle}\nowner homeport/dev\n`);
  }
});

test("a guest is looked for under its own name on the server alone", () => {
  const probes = guest.calls.filter(({ token }) => token === "command:local:run");
  const targets = probes.map(({ inputs }) => (inputs as { environment: { TARGET: string } }).environment.TARGET);
  expect(targets).toEqual([LOGIN.server]);
});

test("a guest's site stands in the owner's network, and its records point to the owner's edge", () => {
  const web = guest.resource("app-web", "docker:index/container:Container").inputs;
  expect(web).toMatchObject({ networksAdvanced: [{ name: "traefik-web-1a2b3c4" }] });
  expect(web["envs"]).toContainEqual(expect.stringContaining('"proxies":["172.18.0.0/16"]'));
  expect(guest.resource("dns-a-staging.example.org", "cloudflare:index/dnsRecord:DnsRecord").inputs["content"]).toBe(
    "198.51.100.10",
  );
});

test("a guest's admin has a name of its own, because those of the machine lead to the owner's", () => {
  const name = "homeport-dev.localhost";
  expect(guest.outputs["admin"]?.value).toMatchObject({
    url: `https://${name}:8443/manage/`,
    forwarded: `https://${name}:8443/manage/`,
  });
  const told = String(plain(guest.resource("app-route", "command:remote:Command").inputs["stdin"]));
  expect(told).toContain(`Host(\`${name}\`)`);
  expect(told).not.toMatch(/Host\(`(localhost|192\.168\.77\.10)`\)/);
});

describe("a guest is refused, with the remedy,", () => {
  const refused = (settings: object, otherStack: Record<string, unknown>) =>
    runProgram({ settings: { ...GUEST, ...settings }, otherStack });

  test("when there is no such stack", async () => {
    await expect(runProgram({ settings: GUEST })).rejects.toThrow(
      "host.stack: this backend has no stack organization/homeport/production: correct the name",
    );
  });

  test("when the other stack was not deployed yet", async () => {
    await expect(refused({}, {})).rejects.toThrow(
      "host.stack: the stack organization/homeport/production has no output that names its machines: run 'pulumi up --stack organization/homeport/production' first",
    );
  });

  test("when the other stack is a guest itself", async () => {
    await expect(refused({}, { host: { ...host, owner: "homeport/first" } })).rejects.toThrow(
      "the stack organization/homeport/production is itself a guest, on the machines of homeport/first: name that stack instead",
    );
  });

  test("when it wants to be behind Cloudflare's proxy and the other stack's site is not", async () => {
    const proxied = { dns: { ...FULL.dns, proxied: true } };
    await expect(refused(proxied, { host })).rejects.toThrow(
      "dns.proxied: the site of homeport/production, which shares these machines, is not behind Cloudflare's proxy",
    );
    const { resource } = await refused(proxied, { host: { ...host, proxied: true } });
    expect(resource("dns-a-staging.example.org", "cloudflare:index/dnsRecord:DnsRecord").inputs).toMatchObject({
      proxied: true,
    });
  });

  test("when it wants a name of the other stack's site", async () => {
    await expect(refused({ hosts: ["new.example.org", "example.org"] }, { host })).rejects.toThrow(
      "hosts: example.org is a name of the site of homeport/production, which shares these machines",
    );
  });
});

test.each([
  ["production", "organization/homeport/production"],
  ["mine/production", "mine/homeport/production"],
  ["mine/other/production", "mine/other/production"],
])("the stack %s is %s", (name, full) => {
  expect(fullStackName(name, "organization", "homeport")).toBe(full);
});

function without(key: string, value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value, (name, one: unknown) => (name === key ? undefined : one))) as never;
}
