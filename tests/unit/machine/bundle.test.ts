import { renderBundle, renderChecks } from "../../../components/machine/bundle";
import { EMPTY_SPEC, HostSpec, mergeSpecs } from "../../../components/machine/host-spec";

const HEADER = { name: "base", owner: "homeport/dev", revision: "r1 of one line" };

const SPEC: HostSpec = {
  packages: ["nftables", "iproute2"],
  groups: [{ group: "docker", user: "pi" }],
  directories: [
    { path: "/etc/keys", mode: "0700" },
    { path: "/srv/data", owner: "10001:10001" },
  ],
  files: [
    { path: "/etc/motd", text: "hello\n" },
    {
      path: "/etc/fire.nft",
      text: "table inet a {\n\n}\n",
      mode: "0600",
      owner: "root:adm",
      onChange: { unit: "fire.service", action: "reload" },
      guard: true,
    },
  ],
  units: ["b.service", "a.service"],
  watches: [{ kind: "nft", name: "inet a", unit: "fire.service", action: "restart" }],
  checks: [{ claim: "motd exists", command: "test -f /etc/motd &&\n  true" }],
  needs: [{ claim: "web is healthy", command: "docker ps" }],
  serves: [{ app: "blog", container: "web-1" }],
  things: [{ kind: "volume", name: "blog-data" }],
  leftovers: ["/etc/b.state", "/etc/a.state"],
  notes: ["the data stay in /srv/data"],
};

test("a bundle, line by line", () => {
  expect(renderBundle(HEADER, SPEC)).toBe(`bundle base
owner homeport/dev
revision r1 of one line
package iproute2
package nftables
group docker pi
dir /etc/keys 0700 root:root
dir /srv/data 0755 10001:10001
file /etc/fire.nft 0600 root:adm reload:fire.service guard
  table inet a {
  
  }
file /etc/motd 0644 root:root - -
  hello
unit b.service
unit a.service
need web is healthy
  docker ps
serve blog web-1
thing volume blog-data
leftover /etc/a.state
leftover /etc/b.state
note the data stay in /srv/data
watch nft inet a restart:fire.service
`);
});

test("checks name their bundle by its digest", () => {
  expect(renderChecks(HEADER, SPEC, "0123")).toBe(`bundle base
owner homeport/dev
revision r1 of one line
digest 0123
check motd exists
  test -f /etc/motd &&
    true
`);
});

test("a text without a final newline is rendered like one with it", () => {
  const [one, other] = ["key", "key\n"].map((text) =>
    renderBundle(HEADER, { ...EMPTY_SPEC, files: [{ path: "/etc/key", text }] }),
  );
  expect(one).toBe(other);
});

test("what a program watches is written after what it then reads", () => {
  const files = [
    { path: "/etc/a/watched", text: "", last: true },
    { path: "/etc/b/read", text: "" },
  ];
  expect(renderBundle(HEADER, { ...EMPTY_SPEC, files })).toMatch(/file \/etc\/b\/read .*\n.*file \/etc\/a\/watched /s);
});

test("units keep their order, because they are started in it", () => {
  expect(renderBundle(HEADER, { ...EMPTY_SPEC, units: ["z.service", "a.service"] })).toMatch(
    /unit z.service\nunit a.service\n$/,
  );
});

test.each<Partial<HostSpec>>([
  { units: ["a.service\nunit b.service"] },
  { files: [{ path: "/etc/a file", text: "" }] },
  { files: [{ path: "etc/relative", text: "" }] },
  { files: [{ path: "/etc/a", text: "", mode: "u+x" }] },
  { leftovers: ["/etc/a\nnote b"] },
  { notes: ["one\nunit b.service"] },
  { groups: [{ group: "docker", user: "two words" }] },
  { serves: [{ app: "blog", container: "" }] },
  { watches: [{ kind: "nft", name: "inet homeport", action: "reload", unit: "no unit" }] },
])("a word that would be read as another is refused: %j", (spec) => {
  expect(() => renderBundle(HEADER, { ...EMPTY_SPEC, ...spec })).toThrow("malformed line: ");
});

test("merged specs have everything of both", () => {
  const twice = mergeSpecs(SPEC, SPEC);
  for (const key of Object.keys(EMPTY_SPEC) as (keyof HostSpec)[]) {
    expect(twice[key]).toEqual([...SPEC[key], ...SPEC[key]]);
  }
});
