import {
  ANSWERS,
  CONTENT_INDENT,
  directive,
  DIRECTIVES,
  EXIT,
  FACTS,
  MANIFEST,
  readAnswers,
  readFields,
  VERBS,
  WATCH_KINDS,
  WITH_CONTENT,
} from "../../../../components/machine/protocol";
import { hostScript } from "../../../../components/machine/scripts";
import { FAST_SCRIPT, FakeHost, OWNER, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere, Ended } from "../../../support/tools";

type Directive = keyof typeof DIRECTIVES;

/** A line of each directive. */
const LINES: Readonly<Record<Directive, string>> = {
  bundle: directive("bundle", { name: "base" }),
  owner: directive("owner", { stack: OWNER }),
  revision: directive("revision", { text: "first applied to machine 0123" }),
  digest: directive("digest", { sha256: "0123" }),
  package: directive("package", { name: "nftables?" }),
  group: directive("group", { group: "docker", user: "pi" }),
  unit: directive("unit", { unit: "wg-quick@wg0.service" }),
  dir: directive("dir", { path: "/srv/test", mode: "0700", owner: "root:10001" }),
  file: directive("file", { path: "/etc/a", mode: "0644", owner: "root:root", action: "-", guard: "-" }),
  need: directive("need", { claim: "web is healthy" }),
  check: directive("check", { claim: "web is healthy" }),
  serve: directive("serve", { app: "blog", container: "web-1" }),
  thing: directive("thing", { kind: "container", name: "traefik" }),
  leftover: directive("leftover", { path: "/etc/b" }),
  note: directive("note", { text: "the data stay" }),
  watch: directive("watch", { kind: "nft", watched: "inet homeport reload:fire.service" }),
};
const HEADER = [LINES.bundle, LINES.owner];
const CONTENT = `${CONTENT_INDENT}true`;

/** The labels of a `case` of the script, which begins behind this text. */
function labelsBehind(start: string): string[] {
  const [, block = ""] = hostScript().split(start);
  const [labels = ""] = block.split("\n  esac", 1)[0]?.split("\n    esac", 1) ?? [];
  return [...labels.matchAll(/^ +([a-z |]+)\)/gm)].flatMap(([, words = ""]) => words.split(" | ")).sort();
}

describe("the script and the program know the same", () => {
  test("directives", () => {
    expect(labelsBehind("content=''\n    case $word in\n")).toEqual(Object.keys(DIRECTIVES).sort());
  });

  test("verbs", () => {
    expect(labelsBehind("require_root\n  case $1 in\n")).toEqual([...VERBS].sort());
  });

  test("kinds of what is watched", () => {
    expect(labelsBehind("live() {\n  case $1 in\n")).toEqual([...WATCH_KINDS].sort());
  });

  test("words of the probe's answer", () => {
    const said = [...hostScript().matchAll(/(?:say|print) "(machine|bundle|revision|found|fact|[a-z]+) \$?/g)];
    for (const word of Object.keys(ANSWERS)) expect(said.map(([, first]) => first)).toContain(word);
  });

  test("kinds of facts", () => {
    const kinds = [...hostScript().matchAll(/"fact ([a-z-]+)/g)].map(([, kind]) => kind);
    expect([...new Set(kinds)].sort()).toEqual(Object.keys(FACTS).sort());
  });
});

/** Fake programs of a machine that has every kind of fact. */
const PLAYED = {
  ss: `echo 'tcp LISTEN 0 128 [::]:443 [::]:* users:(("nginx: master",pid=3,fd=4))'\n`,
  ufw: `echo 'Status: active'\n`,
  pgrep: `echo "612 dockerd -H fd://"\n`,
  wg: `case $* in
  "show interfaces") echo office ;;
  *latest-handshakes) printf 'wg0\\tKEY\\t1700000000\\n' ;;
  *endpoints) printf 'KEY\\t198.51.100.10:51820\\n' ;;
esac\n`,
  "apt-get": "echo 'Inst openssl [3.0] (3.1 Debian-Security:12/stable-security)'\n",
  ip: `case $* in *"scope global") echo '2: eth0    inet 192.168.77.10/24 brd 192.168.77.255 scope global dynamic eth0' ;; esac\n`,
  "iptables-save": `[ "$2" = filter ] && echo ':FORWARD DROP [0:0]' || echo '-A POSTROUTING -o wg0 -j MASQUERADE'\n`,
  "ip6tables-save": `:\n`,
};

describeWhere("on a host", Sandbox.missing(), () => {
  const host = new FakeHost(PLAYED);
  beforeAll(() => host.start());
  afterAll(() => host.sandbox.stop());
  const run = (verb: string, ...lines: string[]): Ended =>
    host.sandbox.run(["bash", "-s", verb], FAST_SCRIPT + lines.map((line) => `${line}\n`).join(""));

  test.each(Object.keys(DIRECTIVES) as Directive[])("the directive %s is understood", (name) => {
    const content = WITH_CONTENT.some((one) => one === name) ? [CONTENT] : [];
    expect(run("verify", ...HEADER, LINES[name], ...content)).toMatchObject({ code: EXIT.done, stderr: "" });
  });

  test.each([
    ["surprise x", 3, "has an unknown directive, surprise"],
    ["Unit a.service", 3, "has an unknown directive, Unit"],
    ["units a.service", 3, "has an unknown directive, units"],
  ])("'%s' is not, and is named by its line", (line, number, message) => {
    expect(run("verify", ...HEADER, line)).toEqual({
      code: EXIT.failed,
      stdout: "",
      stderr: `homeport: line ${number} of the bundle ${message}: this is a bug in Homeport, report it\n`,
    });
  });

  test.each((Object.keys(DIRECTIVES) as Directive[]).filter((name) => !WITH_CONTENT.some((one) => one === name)))(
    "the directive %s has no content, not even behind a file",
    (name) => {
      expect(run("verify", ...HEADER, LINES.file, CONTENT, LINES[name], CONTENT)).toMatchObject({
        code: EXIT.failed,
        stderr: expect.stringContaining("line 6 of the bundle is content") as string,
      });
    },
  );

  test("an unknown verb is refused", () => {
    expect(run("surprise")).toMatchObject({ code: EXIT.failed, stderr: "homeport: unknown verb: surprise\n" });
  });

  test("every line that the probe writes can be read, and every word and fact of the tables is among them", () => {
    host.sandbox.sh(`mkdir -p /run/homeport /run/fake/enabled /sys/fs/cgroup /etc/wireguard
echo cpu >/sys/fs/cgroup/cgroup.controllers
echo 'www.example.org: requested from the CA' >/run/homeport/certificate-blog.status
mkdir -p /var/lib/homeport-backup
echo 'good 1800000000 1a2b3c4d is proven' >/var/lib/homeport-backup/blog.line
mkdir -p /etc/docker /root/.docker
echo '{}' >/etc/docker/daemon.json
echo '{ "currentContext": "rootless" }' >/root/.docker/config.json
echo '# Managed by Homeport' >/etc/wireguard/wg0.conf
touch /run/reboot-required /etc/wireguard/office.conf /run/fake/enabled/nftables.service /run/fake/installed-docker-ce`);
    host.apply({
      files: [{ path: "/etc/test/motd", text: "hello\n", onChange: reload("a.service") }],
      serves: [{ app: "blog", container: "web-1" }],
    });
    host.sandbox.sh("rm /etc/test/motd");
    const { lines, facts } = readAnswers(run("look").stdout);
    host.remove();
    expect([...new Set(lines.map(({ word }) => word))].sort()).toEqual(Object.keys(ANSWERS).sort());
    expect([...new Set(facts.map(({ word }) => word))].sort()).toEqual(Object.keys(FACTS).sort());
  });

  test("a manifest's lines are as the table has them", () => {
    host.apply({
      files: [
        { path: "/etc/test/motd", text: "hello\n" },
        { path: "/etc/test/app.conf", text: "a = 1\n", mode: "0640", onChange: reload("a.service") },
      ],
    });
    const manifest = host.sandbox.sh("cat /var/lib/homeport/base/manifest").split("\n").filter(Boolean);
    expect(manifest.map((line) => readFields(MANIFEST, line))).toMatchObject([
      { mode: "640", owner: "0:0", action: "reload:a.service", guard: "-", path: "/etc/test/app.conf" },
      { mode: "644", owner: "0:0", action: "-", guard: "-", path: "/etc/test/motd" },
    ]);
    host.remove();
  });
});
