import { hostScript, script } from "../../../components/machine/scripts";
import { generated, isSecret, plain, visible } from "../../support/mocks";
import { Registered } from "../../support/monitor";
import { OPERATOR_KEY, Run, runProgram } from "../../support/program";

const REMOTE = "command:remote:Command";

/** Names of the resources whose values nobody may see. */
const PASSWORDS = ["app-django-key", "app-admin-password"];
const KEYS = ["vps-tunnel-key", "pi-tunnel-key", "pi-tunnel-shared-key"];
const PEMS = ["default-key"];

/** Each secret by what it is. */
const SECRETS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PASSWORDS.map((name) => [name, generated(name).password])),
  ...Object.fromEntries(KEYS.map((name) => [name, generated(name).tunnelKey])),
  ...Object.fromEntries(PEMS.map((name) => [name, generated(name).pem.split("\n")[1] ?? ""])),
  "the operator's key": OPERATOR_KEY.split("\n")[1] ?? "",
};

let run: Run;
let remote: readonly Registered[];
beforeAll(async () => {
  run = await runProgram();
  remote = run.resources.filter((one) => one.type === REMOTE);
});

test.each(Object.entries(SECRETS))("%s stands in no input that can be seen", (_, secret) => {
  const shown = run.resources.filter((one) => JSON.stringify(visible(one.inputs)).includes(secret));
  expect(shown.map((one) => one.name)).toEqual([]);
});

test.each(Object.entries(SECRETS))("%s is used somewhere", (_, secret) => {
  expect(run.resources.some((one) => JSON.stringify(plain(one.inputs)).includes(secret))).toBe(true);
});

test.each(Object.entries(SECRETS))("%s is in no call of a function and in no environment", (_, secret) => {
  expect(JSON.stringify(run.calls)).not.toContain(secret);
  for (const one of run.resources) expect(JSON.stringify(plain(one.inputs["environment"]) ?? "")).not.toContain(secret);
});

test.each(["vps-secrets", "vps-peer-pi", "pi-secrets", "app-secrets"])(
  "%s come on secret stdin, and nothing of them is logged",
  (name) => {
    const { inputs } = run.resource(name, REMOTE);
    expect(isSecret(inputs["stdin"])).toBe(true);
    expect(inputs["logging"]).toBe("none");
  },
);

test.each(["vps-files", "pi-files", "app-adapter", "app-volumes", "app-gate", "app-route"])(
  "%s can be read line by line in a preview",
  (name) => {
    expect(typeof run.resource(name, REMOTE).inputs["stdin"]).toBe("string");
  },
);

test("every ssh connection has the host's key pinned", () => {
  expect(remote.length).toBe(15);
  for (const { inputs } of remote) {
    expect(plain(inputs["connection"])).toMatchObject({
      hostKey: expect.stringMatching(/^ssh-ed25519 AAAA/) as string,
    });
  }
});

test("no command gets the output of another in its environment", () => {
  const commands = run.resources.filter((one) => one.type.startsWith("command:"));
  expect(commands.filter((one) => one.inputs["addPreviousOutputInEnv"] !== false).map((one) => one.name)).toEqual([]);
  const runs = run.calls.filter(({ token }) => token === "command:local:run");
  for (const call of runs) expect(call.inputs).toMatchObject({ addPreviousOutputInEnv: false, logging: "none" });
});

test("no command has triggers, which would delete after they create", () => {
  expect(run.resources.filter((one) => "triggers" in one.inputs)).toEqual([]);
});

test("command texts are not secret and hold nothing of the settings", async () => {
  const texts = (other: Run): unknown[] =>
    other.resources
      .filter((one) => one.type.startsWith("command:"))
      .map(({ name, inputs }) => [name, inputs["create"], inputs["update"], inputs["delete"]])
      .sort();
  const other = await runProgram({
    settings: {
      domain: "other.example.org",
      tunnel: { interface: "tunnel0", port: 7777 },
      app: { context: "./app", adminUser: "x" },
    },
  });
  expect(texts(other)).toEqual(texts(run));
  expect(
    texts(run)
      .flat()
      .filter((text) => text !== undefined && typeof text !== "string"),
  ).toEqual([]);
});

test("create and update are one text, so that both can be repeated", () => {
  const commands = run.resources.filter((one) => one.type.startsWith("command:"));
  expect(commands.filter(({ inputs }) => inputs["create"] !== inputs["update"])).toEqual([]);
});

test("no input is the warning text of an Output in a template", () => {
  const broken = run.resources.filter((one) =>
    /Calling \[toString\]|\[object Object\]|undefined|NaN/.test(withoutScripts(one)),
  );
  expect(broken.map((one) => one.name)).toEqual([]);
});

test("outputs hold what is needed next; only password and key are secret", () => {
  const { adminPassword, backupKey, dnsRecords, host, ...rest } = run.outputs;
  expect(adminPassword).toEqual({ value: SECRETS["app-admin-password"], secret: true });
  expect(backupKey).toMatchObject({ secret: true });
  expect([dnsRecords?.secret, host?.secret]).toEqual([false, false]);
  expect(Object.fromEntries(Object.entries(rest).map(([key, { value }]) => [key, value]))).toEqual({
    app: "homeport-dev",
    url: "https://www.example.org/",
    addresses: {
      edge: "198.51.100.10",
      server: "192.168.77.10",
      tunnel: { edge: "10.88.0.1", server: "10.88.0.2" },
    },
    admin: {
      url: "https://192.168.77.10:8443/manage/",
      user: "editor",
      password: "pulumi stack output adminPassword --show-secrets --stack dev",
      fromAnywhere: "npm run admin -- --stack dev",
      forwarded: "https://localhost:8443/manage/",
    },
    status: "npm run status -- --stack dev",
    logs: "npm run logs -- --stack dev -f",
    shell: "npm run shell -- --stack dev",
    adapter: { setOver: {}, notes: [] },
    data: { volume: "homeport-dev-data", on: "pi", path: "/var/lib/docker/volumes/homeport-dev-data/_data" },
  });
});

// The scripts are static and speak of undefined things.
function withoutScripts(one: Registered): string {
  return [hostScript(), script("app/visit-site.mjs")].reduce(
    (text, known) => text.replaceAll(JSON.stringify(known).slice(1, -1), ""),
    JSON.stringify(plain(one.inputs)),
  );
}
