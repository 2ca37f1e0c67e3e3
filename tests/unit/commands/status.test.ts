import { exitCode, table } from "../../../commands/drift";
import { Finding, judged, LookedMachine, machinesOf } from "../../../commands/look";
import { adapterReport, verdict } from "../../../commands/status";
import { SharedHost } from "../../../components/site/shared-host";
import { HOST_KEYS } from "../../support/fixtures";

const LOGIN = { port: 22, user: "pi", hostKey: HOST_KEYS.pi, tunnelAddress: "10.77.0.2" };
const SERVER = { ...LOGIN, platform: "linux/arm64", sshOverTunnel: false };
const HOST: SharedHost = {
  owner: "homeport/dev",
  names: ["www.example.org"],
  ingress: "server",
  edge: { ...LOGIN, name: "vps", address: "198.51.100.10", hostKey: HOST_KEYS.vps },
  server: { ...SERVER, name: "pi", address: "192.168.77.10" },
  others: [{ ...SERVER, name: "one", address: "198.51.100.11" }],
  network: "web",
  subnet: "172.18.0.0/16",
};

const MACHINE: LookedMachine = {
  ...{ name: "pi", address: "192.168.77.10", role: "server", platform: "linux/arm64", ingress: true, data: true },
};

const ANSWER = `machine 0123abcd at 1700000000
bundle base homeport/dev
revision r1
found /etc/motd is missing
fact thing homeport/dev container app-web app-web-1a2b3c4 is exited
fact thing homeport/dev container traefik traefik-1a2b3c4 well
fact peer wg0 198.51.100.10:51820 300 no
fact free 4000 /var/lib/docker
fact memory 900 700 150
fact updates 3
fact certificate homeport-dev www.example.org: issued by R10
fact certificate other example.net: issued by R11
`;

test("the certificates are looked at where TLS ends", () => {
  const at = (ingress: SharedHost["ingress"]): string[] =>
    machinesOf({ host: { ...HOST, ingress } })
      .filter((one) => one.ingress)
      .map(({ name, role }) => `${name} ${role}`);
  expect(at("server")).toEqual(["pi server"]);
  expect(at("edge")).toEqual(["vps proxy"]);
});

test("a machine's answer becomes lines for a person, and findings by who repairs them", () => {
  const { lines, findings } = judged(MACHINE, ANSWER, "homeport/dev", "homeport-dev");
  expect(lines).toEqual([
    "container app-web-1a2b3c4: is exited",
    "container traefik-1a2b3c4: well",
    "tunnel wg0: last handshake 300 s ago",
    "disk /var/lib/docker: 4000 MB free",
    "memory: 700 of 900 MB available",
    "certificate www.example.org: issued by R10",
  ]);
  expect(findings.map(({ kind, text }) => `${kind}: ${text.slice(0, 50)}`)).toEqual([
    "drift: /etc/motd is missing",
    "drift: the container app-web-1a2b3c4 is exited",
    "problem: its tunnel wg0 does not reach the edge (198.51.100",
    "note: 3 security update(s) are not installed: the machin",
    "note: there are no backups of its data: backup.repositor",
  ]);
});

const finding = (kind: Finding["kind"], text = "it is so"): Finding => ({ where: "pi", kind, text });

test.each([
  [[], true, "all well"],
  [[finding("note")], true, "all well"],
  [[finding("problem")], false, "1 problem(s), see PROBLEM above\nnext: follow the remedy"],
  [
    [finding("problem"), finding("drift")],
    false,
    "2 problem(s), see PROBLEM above\nnext: 'pulumi up --stack dev' repairs",
  ],
  [[finding("blind")], false, "1 problem(s)"],
])("the end of a status: %j", (found, well, text) => {
  expect(verdict(found, "dev")).toEqual({ well, text: expect.stringContaining(text) as string });
});

test.each([
  [[], 0],
  [[finding("note")], 0],
  [[finding("drift")], 2],
  [[finding("problem")], 2],
  [[finding("drift"), finding("blind")], 1],
])("the exit code of drift for %j is %i", (found, code) => {
  expect(exitCode(found)).toBe(code);
});

test("the table of drift has columns, and says what up repairs", () => {
  expect(
    table([finding("drift", "/etc/motd is missing"), { ...finding("problem"), where: "https://example.org/" }]),
  ).toBe(
    `WHERE                 KIND     WHAT, AND WHAT TO DO
pi                    drift    /etc/motd is missing: 'pulumi up' repairs it
https://example.org/  problem  it is so
`,
  );
  expect(table([])).toBe("all is as declared\n");
});

test("what was set over is told in a line each, with notes; nothing where there is no adapter", () => {
  const adapter = { setOver: { DEBUG: "True -> False (why)" }, notes: ["an admin at /en/admin/"] };
  expect(adapterReport({ adapter })).toEqual([
    "settings that Homeport set over in the project (app.adapter)",
    "  DEBUG: True -> False (why)",
    "  note: an admin at /en/admin/",
  ]);
  expect(adapterReport({ adapter: undefined })).toEqual([]);
});
