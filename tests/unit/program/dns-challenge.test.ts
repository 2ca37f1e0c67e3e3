import { isSecret, plain, visible } from "../../support/mocks";
import { Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const TOKEN = "TOKEN-OF-THE-PROXY-0123456789-0123456789";
const REMOTE = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";

const DNS_01 = { tls: { ...FULL.tls, challenge: "dns-01", wildcard: true }, dnsToken: TOKEN };

let run: Run;
beforeAll(async () => {
  run = await runProgram({ settings: DNS_01 });
});

test("the proxy's token goes to the machine where TLS ends, as a secret", () => {
  const { inputs } = run.resource("pi-secrets", REMOTE);
  expect(isSecret(inputs["stdin"])).toBe(true);
  expect(String(plain(inputs["stdin"]))).toContain(TOKEN);
  expect(holders(run)).toEqual(["pi-secrets"]);
});

test("that is the edge, where the edge ends it", async () => {
  expect(holders(await runProgram({ settings: { ...DNS_01, ingress: "edge" } }))).toEqual(["vps-secrets"]);
});

test("it stands in no input that can be seen", () => {
  expect(JSON.stringify(run.resources.map(({ inputs }) => visible(inputs)))).not.toContain(TOKEN);
  expect(JSON.stringify(run.calls)).not.toContain(TOKEN);
});

test("the proxy knows its file, and is recreated for another token", async () => {
  const other = await runProgram({ settings: { ...DNS_01, dnsToken: TOKEN.toLowerCase() } });
  const none = await runProgram();
  const { envs } = run.resource("traefik", CONTAINER).inputs;
  expect(envs).toEqual([
    "CF_DNS_API_TOKEN_FILE=/etc/traefik/secrets/dns-token",
    "CLOUDFLARE_BASE_URL=http://198.51.100.53:8787/client/v4",
  ]);
  const digests = [run, other, none].map(secretsLabel);
  expect(digests).toEqual([expect.stringMatching(DIGEST), expect.stringMatching(DIGEST), undefined]);
  expect(digests[0]).not.toBe(digests[1]);
});

const DIGEST = /^[0-9a-f]{16}$/;

function secretsLabel(one: Run): string | undefined {
  const { labels } = one.resource("traefik", CONTAINER).inputs;
  return (labels as readonly { label: string; value: string }[]).find(({ label }) => label === "homeport.secrets")
    ?.value;
}

/** Names of the resources that have the token. */
function holders({ resources }: Run): string[] {
  return resources.filter(({ inputs }) => JSON.stringify(plain(inputs)).includes(TOKEN)).map(({ name }) => name);
}
