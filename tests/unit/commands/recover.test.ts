import { knownState } from "../../../commands/known-state";
import { unknownOf } from "../../../commands/recover";

const urn = (type: string, name: string): string => `urn:pulumi:dev::homeport::homeport:index:Server$${type}::${name}`;
const PROVIDER = "pulumi:providers:docker";
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const ZONE = "0123456789abcdef0123456789abcdef";

const STATE = JSON.stringify({
  version: 3,
  deployment: {
    resources: [
      { urn: "urn:pulumi:dev::homeport::pulumi:pulumi:Stack::homeport-dev", type: "pulumi:pulumi:Stack" },
      {
        urn: urn(PROVIDER, "pi-docker"),
        type: PROVIDER,
        id: "1",
        inputs: { host: "ssh://pi@192.168.77.10:22", sshOpts: '["-o","BatchMode=yes"]' },
      },
      { urn: urn(PROVIDER, "default"), type: PROVIDER, id: "2", inputs: { version: "5.2.0" } },
      { urn: urn("docker:index/container:Container", "app-web"), type: "docker:index/container:Container", id: "aaa" },
      // One that is still to be deleted is Pulumi's to delete.
      {
        urn: urn("docker:index/container:Container", "app-web"),
        type: "docker:index/container:Container",
        id: "bbb",
        delete: true,
      },
      { urn: urn("docker:index/network:Network", "traefik-web"), type: "docker:index/network:Network", id: "ccc" },
      { urn: urn("docker:index/volume:Volume", "app-data"), type: "docker:index/volume:Volume", id: "data" },
      {
        urn: urn("pulumi:providers:cloudflare", "dns-zone-cloudflare"),
        type: "pulumi:providers:cloudflare",
        id: "3",
        inputs: { baseUrl: "http://198.51.100.53:8787/client/v4" },
      },
      { urn: urn(RECORD, "dns-a-example.org"), type: RECORD, id: "r1", inputs: { zoneId: ZONE, type: "A" } },
    ],
    pending_operations: [
      {
        resource: { urn: urn(RECORD, "dns-a-www.example.org"), type: RECORD, inputs: { zoneId: ZONE } },
        type: "creating",
      },
    ],
  },
});

test("a state tells its owner, its engine on the server and what it knows there", () => {
  expect(knownState(STATE)).toEqual({
    owner: "homeport/dev",
    engines: [{ url: "ssh://pi@192.168.77.10:22", sshOptions: ["-o", "BatchMode=yes"] }],
    ids: ["aaa", "bbb", "ccc"],
    zones: [{ zoneId: ZONE, apiUrl: "http://198.51.100.53:8787/client/v4", ids: ["r1"] }],
  });
});

test("a zone is known by the first record, which a run that was killed was just making", () => {
  const { deployment } = JSON.parse(STATE) as { deployment: { resources: { type: string }[] } };
  const resources = deployment.resources.filter(({ type }) => !type.includes("cloudflare"));
  expect(knownState(JSON.stringify({ deployment: { ...deployment, resources } })).zones).toEqual([
    { zoneId: ZONE, apiUrl: undefined, ids: [] },
  ]);
});

test.each([{ deployment: null }, { deployment: {} }, { deployment: { resources: [] } }])(
  "an empty state tells nothing: %j",
  (state) => {
    expect(knownState(JSON.stringify(state))).toEqual({ owner: undefined, engines: [], ids: [], zones: [] });
  },
);

test("what is on an engine and in no state is removed, and nothing else", () => {
  const listed =
    "container aaa app-web-1\ncontainer ddd traefik-2\nnetwork ccc traefik-web-3\nnetwork eee traefik-web-4\n";
  expect(unknownOf(listed, knownState(STATE).ids)).toEqual([
    { kind: "container", id: "ddd", name: "traefik-2" },
    { kind: "network", id: "eee", name: "traefik-web-4" },
  ]);
  expect(unknownOf("", [])).toEqual([]);
});
