import { isSecret } from "../../support/mocks";
import { CLOUDFLARE_TOKEN, Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const MARK = "Managed by Homeport (homeport/dev)";
const COMMON = { zoneId: FULL.dns.zoneId, ttl: 120, comment: MARK };
const FOREIGN = { id: "f1", type: "A", name: "www.example.org", content: "198.51.100.77", comment: null };
const REFUSING = { settings: { dns: { ...FULL.dns, adopt: false } } };

const REMOVAL = (run: Run): ReturnType<Run["resource"]> =>
  run.resource("dns-adoption-removal", "command:local:Command");

let run: Run;
beforeAll(async () => {
  run = await runProgram();
});

test("an A record is the edge's address under the full name, not proxied, and goes before its successor comes", () => {
  const record = run.resource("dns-a-example.org", RECORD);
  expect(record.inputs).toEqual({
    ...COMMON,
    type: "A",
    name: "example.org",
    content: "198.51.100.10",
    proxied: false,
  });
  expect(record.deleteBeforeReplace).toBe(true);
});

test("a CAA record names the authority", () => {
  expect(run.resource("dns-caa-example.org", RECORD).inputs).toEqual({
    ...COMMON,
    type: "CAA",
    name: "example.org",
    data: { flags: 0, tag: "issue", value: "acme.test" },
  });
});

describe("behind Cloudflare's own proxy", () => {
  const proxied = { dns: { ...FULL.dns, proxied: true } };

  test("an A record is proxied, with the only ttl that Cloudflare takes then; a CAA record cannot be", async () => {
    const { resource } = await runProgram({ settings: proxied });
    expect(resource("dns-a-example.org", RECORD).inputs).toMatchObject({ proxied: true, ttl: 1 });
    expect(resource("dns-caa-example.org", RECORD).inputs).toMatchObject({ ttl: 120 });
    expect(resource("dns-caa-example.org", RECORD).inputs).not.toHaveProperty("proxied");
  });

  test("the edge cannot have a name of the site: the tunnel would lead to Cloudflare", async () => {
    const edge = { ...FULL.edge, address: "www.example.org" };
    await expect(runProgram({ settings: { ...proxied, edge } })).rejects.toThrow(
      /^edge\.address: www\.example\.org is a name of the site/,
    );
  });
});

test("no record has an IPv6 address", () => {
  const types = run.resources.filter(({ type }) => type === RECORD).map(({ inputs }) => inputs["type"]);
  expect([...new Set(types)].sort()).toEqual(["A", "CAA"]);
});

test("the records are kept where the settings say", () => {
  expect(run.resource("dns-zone-cloudflare", "pulumi:providers:cloudflare").inputs).toEqual({
    baseUrl: FULL.dns.apiUrl,
  });
});

test("every name is looked at before anything else is asked for, at preview as well", async () => {
  const { zoneRequests } = await runProgram({ preview: true });
  expect(zoneRequests.map(({ name }) => name)).toEqual(FULL.hosts);
  for (const { url, authorization } of zoneRequests) {
    expect(url).toContain(`${FULL.dns.apiUrl}/zones/${FULL.dns.zoneId}/dns_records?`);
    expect(authorization).toBe(`Bearer ${CLOUDFLARE_TOKEN}`);
  }
});

describe("somebody else's record", () => {
  test.each([true, false])("is named with the remedy, and nothing is made (preview: %s)", async (preview) => {
    const refused = runProgram({ ...REFUSING, preview, zone: { "www.example.org": [FOREIGN] } });
    await expect(refused).rejects.toThrow(
      /^dns: 1 record\(s\) .* others:\n {2}A www\.example\.org 198\.51\.100\.77\nremove .* dns\.adopt/,
    );
  });

  test("with dns.adopt is removed by its id before ours is made, and named", async () => {
    const adopting = await runProgram({ zone: { "www.example.org": [FOREIGN] } });
    const { inputs, ignoreChanges } = REMOVAL(adopting);
    expect(inputs).toMatchObject({ stdin: "f1 A www.example.org 198.51.100.77\n", logging: "none" });
    expect(ignoreChanges).toEqual([]);
    expect(adopting.warnings.join("")).toContain("dns: replaces records of others: A www.example.org 198.51.100.77");
    const record = adopting.resource("dns-a-www.example.org", RECORD);
    expect(record.dependencies).toContain(adopting.resource("dns-adoption-removal", "command:local:Command").urn);
  });

  test("that is gone leaves no change behind", () => {
    expect(REMOVAL(run).ignoreChanges).toEqual(["stdin", "environment"]);
  });

  test("is nobody's business where it leads no visitor", async () => {
    const mail = { ...FOREIGN, type: "MX", content: "mail.example.org" };
    const { resources } = await runProgram({ ...REFUSING, zone: { "www.example.org": [mail] } });
    expect(resources.map(({ name }) => name)).toContain("dns-a-www.example.org");
  });
});

describe("a record with this stack's comment", () => {
  const OWN = { id: "o1", type: "A", name: "www.example.org", content: "198.51.100.10", comment: MARK };
  const ZONE = { "www.example.org": [OWN] };
  const FORGOTTEN = "dns-forgotten-removal";
  const URN = "urn:pulumi:dev::homeport::";
  const KNOWN = { urn: `${URN}${RECORD}::dns-a-www.example.org`, type: RECORD, id: "o1" };

  test.each([true, false])(
    "that no state knows is removed by its id before it is made, and named (preview: %s)",
    async (preview) => {
      const { resource, warnings, cliCalls } = await runProgram({ ...REFUSING, zone: ZONE, preview });
      const removal = resource(FORGOTTEN, "command:local:Command");
      expect(removal.inputs).toMatchObject({ stdin: "o1 A www.example.org 198.51.100.10\n", logging: "none" });
      expect(removal.ignoreChanges).toEqual([]);
      expect(resource("dns-a-www.example.org", RECORD).dependencies).toContain(removal.urn);
      expect(warnings.join("")).toContain("its state does not know: A www.example.org 198.51.100.10");
      expect(cliCalls).toEqual(["stack export --stack organization/homeport/dev --non-interactive"]);
    },
  );

  test("that the state knows is left alone, and nothing is made for it", async () => {
    const { resources, warnings } = await runProgram({ ...REFUSING, zone: ZONE, state: [KNOWN] });
    expect(resources.map(({ name }) => name)).not.toContain(FORGOTTEN);
    expect(warnings.join("")).not.toContain("orphaned records");
  });

  test("that was recreated leaves no change behind", async () => {
    const made = { urn: `${URN}command:local:Command::${FORGOTTEN}`, type: "command:local:Command", id: "c1" };
    const { resource } = await runProgram({ ...REFUSING, zone: ZONE, state: [KNOWN, made] });
    expect(resource(FORGOTTEN, "command:local:Command").ignoreChanges).toEqual(["stdin", "environment"]);
  });

  test("is left alone with a warning where the state cannot be read", async () => {
    const { resources, warnings } = await runProgram({ ...REFUSING, zone: ZONE, state: null });
    expect(resources.map(({ name }) => name)).not.toContain(FORGOTTEN);
    expect(warnings.join("")).toMatch(/dns: cannot tell whether the state knows .*: error: no state/);
  });
});

test("a state that cannot be read is no concern where no record of ours is found", async () => {
  const { warnings } = await runProgram({ ...REFUSING, state: null });
  expect(warnings.join("")).not.toContain("whether the state knows");
});

test("the CLI is not asked for the state where the records are entered by hand", async () => {
  const { cliCalls } = await runProgram({ settings: { dns: { provider: "none" } } });
  expect(cliCalls).toEqual([]);
});

test("without dns.adopt nothing can be removed", async () => {
  const { resources } = await runProgram(REFUSING);
  expect(resources.filter(({ name }) => name.startsWith("dns-adoption"))).toEqual([]);
});

describe("an API", () => {
  const unreachable = { fault: "connect ECONNREFUSED 198.51.100.53:8787" };
  const refusal = { status: 403, code: 9109 };

  test("that cannot be reached is an error at up and none at preview", async () => {
    const zone = { "example.org": unreachable };
    await expect(runProgram({ zone })).rejects.toThrow(/^dns: Cloudflare's API cannot be reached .*ECONNREFUSED/);
    const { resources, warnings } = await runProgram({ zone, preview: true });
    expect(resources.map(({ name }) => name)).toContain("dns-a-www.example.org");
    expect(warnings.filter((text) => text.includes("cannot be reached"))).toHaveLength(1);
  });

  test.each([true, false])("that refuses the token is an error without the token (preview: %s)", async (preview) => {
    const told = runProgram({ zone: { "example.org": refusal }, preview }).catch((error: unknown) => String(error));
    expect(await told).toMatch(/dns: Cloudflare refused the token/);
    expect(await told).not.toContain(CLOUDFLARE_TOKEN);
  });
});

test("with no DNS provider the records to enter are the output, CAA among them, and nothing is asked", async () => {
  const { calls, outputs, zoneRequests } = await runProgram({ settings: { dns: { provider: "none" } } });
  expect(outputs["dnsRecords"]?.value).toEqual([
    { type: "A", name: "www.example.org", content: "198.51.100.10" },
    { type: "A", name: "example.org", content: "198.51.100.10" },
    { type: "CAA", name: "www.example.org", content: '0 issue "acme.test"', issuer: "acme.test" },
  ]);
  expect(calls.filter(({ token }) => token.startsWith("cloudflare"))).toEqual([]);
  expect(zoneRequests).toEqual([]);
});

test("a token of the configuration is a secret everywhere", async () => {
  const { resource, zoneRequests } = await runProgram({ token: "TOKEN-OF-THE-CONFIGURATION" });
  expect(zoneRequests.map(({ authorization }) => authorization)).toContain("Bearer TOKEN-OF-THE-CONFIGURATION");
  const { environment } = resource("dns-adoption-removal", "command:local:Command").inputs as {
    environment: Record<string, unknown>;
  };
  expect(isSecret(environment["CLOUDFLARE_API_TOKEN"])).toBe(true);
  expect(isSecret(resource("dns-zone-cloudflare", "pulumi:providers:cloudflare").inputs["apiToken"])).toBe(true);
});
