import { homedir } from "node:os";

import { Registered } from "../../support/monitor";
import { LOGIN, Run, runProgram } from "../../support/program";

/** Every resource of a stack with one server and Cloudflare, by component. */
const RESOURCES = [
  "Vps vps",
  "Vps/Host vps",
  "Host/DriftMarker vps-drift",
  "DriftMarker/RandomId vps-drift-revision",
  "Host/Command vps-secrets",
  "Host/Command vps-peer-pi",
  "Host/Command vps-files",
  "Host/Command vps-verify",
  "Server pi",
  "Server/Host pi",
  "Host/DriftMarker pi-drift",
  "DriftMarker/RandomId pi-drift-revision",
  "Host/Command pi-secrets",
  "Host/Command pi-files",
  "Host/Command pi-verify",
  "Server/Command pi-containers",
  "Server/docker pi-docker",
  "TunnelKeys vps-tunnel",
  "TunnelKeys/RandomPassword vps-tunnel-key",
  "TunnelKeys pi-tunnel",
  "TunnelKeys/RandomPassword pi-tunnel-key",
  "SharedKey pi-tunnel-shared",
  "SharedKey/RandomPassword pi-tunnel-shared-key",
  "DefaultCertificate default",
  "DefaultCertificate/PrivateKey default-key",
  "DefaultCertificate/SelfSignedCert default-certificate",
  "AppSecrets app",
  "AppSecrets/RandomPassword app-django-key",
  "AppSecrets/RandomPassword app-admin-password",
  "Backups backup",
  "Backups/RandomPassword backup-key",
  "AppImage app",
  "AppImage/Image app-image",
  "Command app-transfer",
  "Command traefik-transfer",
  "Traefik traefik",
  "Traefik/RandomId traefik-web-repair",
  "Traefik/Network traefik-web",
  "Traefik/RandomId traefik-repair",
  "Traefik/Container traefik",
  "DjangoApp app",
  "Command app-facts",
  "DjangoApp/Command app-secrets",
  "DjangoApp/Command app-adapter",
  "DjangoApp/Command app-volumes",
  "DjangoApp/RandomId app-release-repair",
  "DjangoApp/Container app-release",
  "DjangoApp/Command app-release-run",
  "DjangoApp/RandomId app-web-repair",
  "DjangoApp/Container app-web",
  "DjangoApp/Command app-gate",
  "DjangoApp/Command app-route",
  "DjangoApp/Command app-visit",
];

const RECORDS = [
  "CloudflareZone dns-zone",
  "CloudflareZone/cloudflare dns-zone-cloudflare",
  "Dns/Command dns-edge",
  "Dns/DnsRecord dns-a-www.example.org",
  "Dns/DnsRecord dns-a-example.org",
  "Dns/DnsRecord dns-caa-www.example.org",
  "Dns/DnsRecord dns-caa-example.org",
  "Dns/RecordRemoval dns-adoption",
  "RecordRemoval/Command dns-adoption-removal",
];

let run: Run;
beforeAll(async () => {
  run = await runProgram();
});

test("no input has a path of this workstation, so that another one finds nothing changed", async () => {
  const { resources } = await runProgram();
  const inputs = JSON.stringify(resources.map((one) => one.inputs));
  // Where this run had its checkout, and the home directory.
  expect(inputs).not.toMatch(/homeport-test-/);
  expect(inputs).not.toContain(homedir());
});

test("exactly these resources", () => {
  expect(run.resources.map(brief).sort()).toEqual([...RESOURCES, "Dns dns", ...RECORDS].sort());
});

test("with no DNS provider only the records are missing", async () => {
  const { resources, outputs } = await runProgram({ settings: { dns: { provider: "none" } } });
  expect(resources.map(brief).sort()).toEqual([...RESOURCES, "Dns dns"].sort());
  expect(outputs["dnsRecords"]?.value).toHaveLength(3);
});

test("a first preview, where no generated value is known, shows the same resources", async () => {
  const { resources } = await runProgram({ preview: true });
  expect(resources.map(brief).sort()).toEqual(run.resources.map(brief).sort());
});

test("a resource at the top is a component, or an image on its way and what is seen of it", () => {
  const top = run.resources.filter((one) => one.parent === "");
  expect(
    top
      .filter((one) => one.custom)
      .map((one) => one.name)
      .sort(),
  ).toEqual(["app-facts", "app-transfer", "traefik-transfer"]);
});

test("a child is named for its parent", () => {
  const nameless = run.resources.filter((one) => {
    const parent = one.parent.split("::").at(-1) ?? "";
    return one.parent !== "" && one.name !== parent && !one.name.startsWith(`${parent}-`);
  });
  expect(nameless.map(brief)).toEqual([]);
});

test("no two resources have one urn", () => {
  const urns = run.resources.map((one) => one.urn);
  expect(new Set(urns).size).toBe(urns.length);
});

test("what runs on the server's engine goes there by ssh, and what is built stays on the workstation's", () => {
  const onServer = run.resources.filter((one) => /^docker:index\/(container|network):/.test(one.type));
  expect(onServer.length).toBe(4);
  for (const one of onServer) expect(one.provider).toContain("::pi-docker::");
  expect(run.resource("app-image", "docker:index/image:Image").provider).toBe("");
  expect(run.resource("pi-docker", "pulumi:providers:docker").inputs["host"]).toBe(`ssh://${LOGIN.server}:22`);
});

test("the same settings make the same inputs", async () => {
  const again = await runProgram();
  expect(inputsOf(again)).toEqual(inputsOf(run));
});

describe("the order of a first deploy", () => {
  const dependsOn = (name: string): string[] =>
    run.resources
      .filter((one) => one.name === name)
      .flatMap((one) => one.dependencies)
      .map((urn) => urn.split("::").at(-1) ?? "");

  test.each([
    ["vps-peer-pi", "vps-secrets"],
    ["vps-files", "vps-peer-pi"],
    ["vps-verify", "vps-files"],
    ["pi", "vps-verify"],
    ["pi-docker", "pi-verify"],
    ["traefik-transfer", "pi-verify"],
    ["app-transfer", "app-image"],
    ["traefik", "traefik-transfer"],
    ["app", "app-transfer"],
    ["app", "traefik"],
    ["app", "dns-a-example.org"],
    // Names point to an edge once it answers, with everything behind it that a visitor needs.
    ["dns-a-example.org", "dns-edge"],
    ["dns-edge", "traefik"],
    ["app-facts", "app-transfer"],
    ["app-release", "app-secrets"],
    ["app-release", "app-adapter"],
    ["app-release", "app-volumes"],
    ["app-volumes", "app-facts"],
    ["app-release-run", "app-release"],
    ["app-web", "app-release-run"],
    ["app-gate", "app-web"],
    ["app-route", "app-gate"],
  ])("%s comes after %s", (later, earlier) => {
    expect(dependsOn(later)).toContain(earlier);
  });
});

function brief(one: Registered): string {
  const type = (token: string): string => token.split(":").at(-1) ?? "";
  const parent = one.parent === "" ? "" : `${type(one.parent.split("::").at(-2)?.split("$").at(-1) ?? "")}/`;
  return `${parent}${type(one.type)} ${one.name}`;
}

// Each run has a directory of its own.
function inputsOf({ resources }: Run): unknown {
  const named = resources.map((one) => [one.urn, one.inputs] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.parse(JSON.stringify(named).replace(/\/homeport-test-\w+/g, "")) as unknown;
}
