import { HostSpec } from "../../../../components/machine/host-spec";
import { bundle, done, FakeHost, FAST_SCRIPT, reload } from "../../../support/fake-host";
import { sample } from "../../../support/sample";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const rules = (port: number): string =>
  `table inet test\ndelete table inet test\ntable inet test {\n\tchain a {\n\t\ttcp dport ${port} accept\n\t}\n}\n`;

/** A host with one of everything, in two versions: a file changes, one goes, one comes, and so do units. */
const spec = (version: 1 | 2): Partial<HostSpec> => ({
  packages: ["nftables"],
  directories: [{ path: "/srv/test/keys", mode: "0500", owner: "10001:10001" }],
  files: [
    { path: "/etc/test/firewall.nft", text: rules(79 + version), onChange: reload("firewall.service"), guard: true },
    { path: "/etc/test/deep/app.conf", text: `version = ${version}\n`, mode: "0640", onChange: reload("app.service") },
    { path: `/etc/test/only-${version}/file`, text: "x\n" },
  ],
  units: ["firewall.service", "app.service", `only-${version}.service`],
  watches: [
    { kind: "nft", name: "inet test", ...reload("firewall.service") },
    { kind: "sysctl", name: "net.ipv4.ip_forward", ...reload("firewall.service") },
  ],
  leftovers: ["/etc/test/written"],
});

/** Everything that a run can change, as text that can be compared. */
const STATE = `cd /
find etc/test srv/test var/lib/homeport run/homeport* ! -name '*.lock' -printf '%p %y %m %U:%G\\n' 2>/dev/null | sort
find etc/test srv/test var/lib/homeport -type f 2>/dev/null | sort | xargs -r tail -n +1
nft list table inet test 2>/dev/null || true
ls run/fake/active run/fake/enabled
cat /proc/sys/net/ipv4/ip_forward`;

/** The steps of a run, by their lines in the script. */
const STEPS = (/\napply\(\) \{\n((?: {2}.*\n)*)\}/.exec(FAST_SCRIPT)?.[1] ?? "").split("\n").filter(Boolean);

/** Steps of a removal; none of them is a line of anything else. */
const REMOVAL = [
  "  refuse_while_shared",
  '  while read -r _ _ _ _ _ path; do is_taken_over "$path" || rm -f "$path"; done < <(cat "$HOME_OF/manifest" 2>/dev/null)',
  "  DIRS=() WATCHES=()",
  "  note_packages",
  '  rm -rf "$HOME_OF"',
];

/** Points within steps. */
const WITHIN = [
  `    say "writing $path"`,
  `    say "removing $path"`,
  `    install -m "$mode" -o "\${owner%%:*}" -g "\${owner##*:}" "$WORK/file.$i" "$path.homeport-new"`,
  `    mv -f "$path.homeport-new" "$path"`,
  `  systemctl daemon-reload`,
  `  say "$1 $2"`,
  `  mv "$back.new" "$back"`,
  `  mv "$HOME_OF/manifest.new" "$HOME_OF/manifest"`,
];

describeWhere("the host script, by bad luck", Sandbox.missing(), () => {
  let host: FakeHost;
  const state = (): string => host.sandbox.sh(STATE);
  beforeAll(async () => {
    host = new FakeHost();
    await host.start();
    host.sandbox.sh("mkdir -p /run/fake/active /run/fake/enabled; echo 0 >/proc/sys/net/ipv4/ip_forward");
  });
  afterAll(async () => {
    await host.sandbox.stop();
  });

  const applyFully = (version: 1 | 2): void => {
    expect(host.apply(spec(version), `r${version}`)).toMatchObject({ code: 0, stderr: "" });
    expect(host.verify()).toMatchObject({ code: 0 });
  };

  describe("killed", () => {
    const untouched = { first: "", update: "" };
    let bare = "";
    beforeAll(() => {
      host.sandbox.sh("touch /run/fake/installed-nftables");
      bare = state();
      applyFully(2);
      untouched.first = state();
      host.remove(spec(2));
      expect(state()).toBe(bare);
      applyFully(1);
      applyFully(2);
      untouched.update = state();
      host.remove(spec(2));
    });

    test("knows its steps", () => {
      expect(STEPS.length).toBeGreaterThan(12);
      for (const line of [...STEPS, ...WITHIN, ...REMOVAL]) expect(FAST_SCRIPT).toContain(`\n${line}\n`);
    });

    test.each([
      ...sample(STEPS.map((line) => ({ line, when: "first" as const }))),
      ...sample([...STEPS, ...WITHIN].map((line) => ({ line, when: "update" as const }))),
    ])("after '$line' of the $when run, and repeated, it ends like one that was not", ({ line, when }) => {
      if (when === "update") applyFully(1);
      const killed = FAST_SCRIPT.replace(`\n${line}\n`, `\n${line}\n  kill -KILL $$\n`);
      host.sandbox.run(["bash", "-s", "apply"], killed + bundle(spec(2), "r2"));
      applyFully(2);
      expect(state()).toBe(untouched[when]);
      host.remove(spec(2));
      expect(state()).toBe(bare);
    });
  });

  test.each(sample(REMOVAL))("killed after '%s' of its removal, and repeated, nothing of it stays", (line) => {
    const bare = state();
    applyFully(2);
    const killed = FAST_SCRIPT.replace(`\n${line}\n`, `\n${line}\n  kill -KILL $$\n`);
    host.sandbox.run(["bash", "-s", "remove"], killed + bundle(spec(2), "r2"));
    expect(host.remove(spec(2))).toMatchObject({ code: 0, stderr: "" });
    expect(state()).toBe(bare);
  });

  describe("two at once", () => {
    const put = (name: string, text: string): void => {
      host.sandbox.run(["sh", "-c", 'cat >"$1"', "sh", `/tmp/${name}`], text);
    };

    test("come one after the other, and the later says what it waits for; what nobody had confirmed is reverted", () => {
      const slow = { claim: "slow is ready", command: "touch /run/fake/at-work; sleep 2" };
      put("one", FAST_SCRIPT + bundle({ ...spec(1), needs: [slow] }, "r1"));
      put("other", FAST_SCRIPT + bundle(spec(2), "r2"));
      const [one = "", other = ""] = host.sandbox
        .sh(
          `bash -s apply </tmp/one >/tmp/one.out 2>&1 &
until [ -e /run/fake/at-work ]; do sleep 0.05; done
bash -s apply </tmp/other >/tmp/other.out 2>&1
wait
cat /tmp/one.out; echo =====; cat /tmp/other.out`,
        )
        .split("=====\n");
      expect(one).toMatch(/waiting until slow is ready: 1 s so far\n(.*\n)*base: 3 of 3 files written, 0 removed\n$/);
      expect(other).toMatch(
        /^another run is active on this host, waiting up to 600 s: bash \(process \d+\).*\nwaiting for another run on this host: 1 s so far\n/,
      );
      expect(other).toMatch(/base: 3 of 3 files written, 0 removed\n$/);
      expect(host.verify()).toEqual(done("change confirmed"));
      expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
      expect(host.sandbox.sh("ls /etc/test /run/fake/enabled")).not.toContain("only-1");
    });

    test("the later gives up when the first does not end, and says who has the lock", () => {
      put("other", FAST_SCRIPT.replace("LOCK_SECONDS=600", "LOCK_SECONDS=1") + bundle(spec(1), "r3"));
      const answer = host.sandbox.sh("flock -o /run/homeport.lock sh -c 'bash -s apply </tmp/other 2>&1' || true");
      expect(answer).toMatch(
        /homeport: another run still holds \/run\/homeport\.lock after 1 s: .* It is flock \(process \d+\)\n/,
      );
      expect(host.probe()).toMatchObject({ revision: "r2" });
    });
  });
});
