import { HostFile, HostSpec, UnitAction } from "../../../components/host/host-spec";
import { hostScript } from "../../../components/host/scripts";
import { FakeHost } from "../../support/fake-host";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const reload = (unit: string): UnitAction => ({ unit, action: "reload" });

const MOTD: HostFile = { path: "/etc/test/motd", text: "hello\n" };
const CONF: HostFile = {
  path: "/etc/test/deep/er/app.conf",
  text: "a = 1\n",
  mode: "0640",
  owner: "root:10001",
  onChange: reload("app.service"),
};
const SPEC: Partial<HostSpec> = { files: [MOTD, CONF], units: ["app.service"] };

const done = (text: string): unknown => ({ code: 0, stdout: expect.stringMatching(text) as string, stderr: "" });
const failed = (message: string): unknown =>
  expect.objectContaining({ code: 1, stderr: expect.stringContaining(message) as string });

describeWhere("the host script", Sandbox.missing(), () => {
  let host: FakeHost;
  beforeEach(async () => {
    host = new FakeHost();
    await host.start();
  });
  afterEach(async () => {
    await host.sandbox.stop();
  });

  describe("tells a bare host", () => {
    test("its files with mode and owner, its packages and its units", () => {
      expect(host.apply({ ...SPEC, packages: ["nftables"] })).toEqual(done("base: 2 of 2 files written, 0 removed\n$"));
      expect(host.sandbox.sh("cat /etc/test/motd /etc/test/deep/er/app.conf")).toBe("hello\na = 1\n");
      expect(host.sandbox.sh("stat -c '%a %u:%g' /etc/test/motd /etc/test/deep/er/app.conf")).toBe(
        "644 0:0\n640 0:10001\n",
      );
      expect(host.log()).toEqual([
        "apt-get update -qq",
        "apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 nftables",
        "daemon-reload ",
        "enable app.service",
        "start app.service",
      ]);
      expect(host.probe()).toEqual({ reached: true, revision: "r1", found: [] });
    });

    test("a second time without touching anything", () => {
      host.apply(SPEC);
      const before = host.sandbox.sh("stat -c %Y.%i /etc/test/motd");
      host.log();
      expect(host.apply(SPEC)).toEqual(done("^base: 0 of 2 files written, 0 removed\n$"));
      expect(host.log()).toEqual(["daemon-reload "]);
      expect(host.sandbox.sh("stat -c %Y.%i /etc/test/motd")).toBe(before);
    });

    test("texts of any kind, byte by byte", () => {
      const text =
        "  two\n\n\ttab \\n \\ trailing  \nfile /etc/passwd 0644 root:root - -\nEOF\n$(id) `id` \"'\nümläut €\n";
      host.apply({ files: [{ path: "/etc/test/any", text }] });
      expect(host.sandbox.sh("cat /etc/test/any")).toBe(text);
    });

    test("directories with mode and owner", () => {
      host.apply({ directories: [{ path: "/srv/test/keys", mode: "0500", owner: "10001:10001" }] });
      expect(host.sandbox.sh("stat -c '%a %u:%g' /srv/test/keys /srv/test")).toBe("500 10001:10001\n755 0:0\n");
    });
  });

  describe("what was changed by hand", () => {
    test.each([
      ["echo bye >/etc/test/motd", "/etc/test/motd was changed"],
      ["chmod 0777 /etc/test/motd", "/etc/test/motd was changed"],
      ["chown 1:1 /etc/test/motd", "/etc/test/motd was changed"],
      ["rm /etc/test/motd", "/etc/test/motd is missing"],
      ["rm /run/fake/active/app.service", "app.service is not running"],
      ["rm /run/fake/enabled/app.service", "app.service is not enabled"],
    ])("%s: is found and put back", (change, finding) => {
      host.apply(SPEC);
      host.sandbox.sh(change);
      expect(host.probe()).toMatchObject({ found: [finding] });
      expect(host.apply(SPEC, "r2")).toMatchObject({ code: 0 });
      expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
    });
  });

  describe("a firewall", () => {
    const rules = (port: number): Partial<HostSpec> => ({
      files: [
        {
          path: "/etc/test/firewall.nft",
          text: `table inet test\ndelete table inet test\ntable inet test {\n\tchain a {\n\t\ttcp dport ${port} accept\n\t}\n}\n`,
          onChange: reload("firewall.service"),
          guard: true,
        },
      ],
      units: ["firewall.service"],
      watches: [{ kind: "nft", name: "inet test", ...reload("firewall.service") }],
    });
    const loaded = (): string => host.sandbox.sh("nft list table inet test | grep -o 'dport [0-9]*' || true");

    test("changed in the kernel alone is found by rule and loaded anew", () => {
      host.apply(rules(80));
      host.verify();
      host.sandbox.sh("nft add rule inet test a tcp dport 23 accept");
      expect(host.probe()).toMatchObject({ found: ["nft inet test: added tcp dport 23 accept"] });
      expect(host.apply(rules(80))).toEqual(done("reload firewall.service\nbase: 0 of 1 files written"));
      expect(loaded()).toBe("dport 80\n");
    });

    test("is put back unless a fresh connection confirms it", () => {
      host.apply(rules(80));
      host.verify();
      expect(host.apply(rules(81), "r2")).toEqual(done("a fresh connection has 60 s to confirm this change"));
      expect(host.sandbox.sh("cat /run/fake/timer")).toBe(
        "--quiet --collect --unit=homeport-revert --on-active=60s /var/lib/homeport/revert/run\n",
      );
      host.sandbox.sh("/var/lib/homeport/revert/run");
      expect(loaded()).toBe("dport 80\n");
      expect(host.verify()).toEqual(failed("the change was put back at "));
      expect(host.probe()).toMatchObject({ found: [expect.stringContaining("the last change was put back")] });
    });

    test("that was put back can be told again", () => {
      host.apply(rules(80));
      host.verify();
      host.apply(rules(81), "r2");
      host.sandbox.sh("/var/lib/homeport/revert/run");
      expect(host.apply(rules(82), "r3")).toMatchObject({ code: 0 });
      expect(host.verify()).toMatchObject({ code: 0 });
      expect(loaded()).toBe("dport 82\n");
      expect(host.probe()).toEqual({ reached: true, revision: "r3", found: [] });
    });

    test("that was confirmed stays", () => {
      host.apply(rules(80));
      expect(host.verify()).toEqual(done("change confirmed"));
      expect(host.sandbox.sh("ls /run/fake/active; ls /var/lib/homeport")).toBe("firewall.service\nbase\n");
    });

    test("of a first run that is put back leaves the host as it was", () => {
      host.apply(rules(80));
      host.sandbox.sh("/var/lib/homeport/revert/run");
      expect(host.sandbox.sh("ls /etc/test /run/fake/active /run/fake/enabled")).not.toMatch(/firewall/);
    });

    test("of a run that was never confirmed is put back before the next is told", () => {
      host.apply(rules(80));
      host.verify();
      host.apply(rules(81), "r2");
      expect(host.apply(rules(82), "r3")).toEqual(done("never confirmed, it is put back first"));
      expect(loaded()).toBe("dport 82\n");
      host.sandbox.sh("/var/lib/homeport/revert/run");
      expect(loaded()).toBe("dport 80\n");
    });
  });

  describe("what left the spec", () => {
    test("leaves the host, with the directories that were made for it", () => {
      host.apply(SPEC);
      expect(host.apply({ files: [MOTD] }, "r2")).toEqual(done("base: 0 of 1 files written, 1 removed"));
      expect(host.sandbox.sh("find /etc/test")).toBe("/etc/test\n/etc/test/motd\n");
      expect(host.log()).toContain("disable app.service");
    });

    test("leaves alone what somebody else put beside it, and directories that were there before", () => {
      host.sandbox.sh("mkdir -m 0700 /etc/test-before; mkdir -p /etc/test/deep/er; touch /etc/test/deep/other");
      host.apply({ files: [CONF, { path: "/etc/test-before/file", text: "x\n" }] });
      host.apply({});
      expect(host.sandbox.sh("find /etc/test /etc/test-before | sort; stat -c %a /etc/test-before")).toBe(
        "/etc/test\n/etc/test-before\n/etc/test/deep\n/etc/test/deep/er\n/etc/test/deep/other\n700\n",
      );
    });

    test("takes no directory along that the spec still names", () => {
      const directories = [{ path: "/etc/test/data", mode: "0700", owner: "10001:10001" }];
      host.apply({ directories, files: [MOTD] });
      host.apply({ directories });
      expect(host.sandbox.sh("stat -c '%a %u' /etc/test/data")).toBe("700 10001\n");
    });
  });

  describe("a run that failed", () => {
    test("is finished by the next", () => {
      host.apply(SPEC);
      const changed = { ...SPEC, files: [MOTD, { ...CONF, text: "a = 2\n" }] };
      host.sandbox.sh("touch /run/fake/broken/app.service");
      expect(host.apply(changed, "r2")).toEqual(
        failed("journal of app.service\nhomeport: could not reload app.service"),
      );
      host.sandbox.sh("rm /run/fake/broken/app.service");
      host.log();
      expect(host.apply(changed, "r2")).toEqual(done("reload app.service"));
      expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
    });

    test("shows in the next preview", () => {
      host.apply(SPEC);
      host.sandbox.sh("touch /run/fake/broken/app.service");
      host.apply({ ...SPEC, files: [MOTD, { ...CONF, text: "a = 2\n" }] }, "r2");
      expect(host.probe()).toMatchObject({ found: ["/etc/test/deep/er/app.conf was changed"] });
    });

    test("because something is needed first changes nothing", () => {
      const needs = [{ claim: "web is healthy", command: "echo starting; false" }];
      expect(host.apply({ ...SPEC, needs })).toEqual(failed("starting\nhomeport: not so after 0 s: web is healthy"));
      expect(host.sandbox.sh("ls /etc/test 2>&1 || true")).toContain("No such file");
    });
  });

  describe("a host of another stack", () => {
    test.each(["apply", "remove"] as const)("is refused to be told: %s", (verb) => {
      host.apply(SPEC, "r1", "homeport/prod");
      const answer = verb === "apply" ? host.apply({}) : host.remove();
      expect(answer).toEqual(failed("this host's 'base' belongs to the stack homeport/prod, not to homeport/dev"));
      expect(host.sandbox.sh("cat /etc/test/motd")).toBe("hello\n");
    });

    test("can have bundles of other names beside", () => {
      host.apply(SPEC, "r1", "homeport/prod");
      expect(
        host.apply({ files: [{ path: "/etc/test/b", text: "b\n" }] }, "r9", "homeport/dev", "dev-route"),
      ).toMatchObject({
        code: 0,
      });
      expect(host.probe()).toEqual({ reached: true, revision: "r9", found: [] });
    });
  });

  describe("checks", () => {
    test("that hold are told by their claims", () => {
      expect(host.verify([{ claim: "the sky is up", command: "true" }])).toEqual(done("^ok: the sky is up\n$"));
    });

    test("that do not hold are a failure with what the command said", () => {
      expect(host.verify([{ claim: "the sky is up", command: "echo it fell >&2\nfalse" }])).toEqual(
        failed("it fell\nhomeport: not so after 0 s: the sky is up"),
      );
    });
  });

  describe("removed", () => {
    test("leaves nothing but what somebody else has there", () => {
      host.sandbox.sh("mkdir -p /etc/test; touch /etc/test/other");
      host.apply({ ...SPEC, packages: ["nftables"] });
      expect(host.remove()).toEqual(done("packages that were installed stay: nftables"));
      expect(host.sandbox.sh("find /etc/test; ls /run/fake/active /run/fake/enabled /var/lib")).not.toMatch(
        /motd|app.service|homeport/,
      );
      expect(host.sandbox.sh("ls /etc/test")).toBe("other\n");
    });

    test("twice is no failure", () => {
      host.apply(SPEC);
      host.remove();
      expect(host.remove()).toEqual({ code: 0, stdout: "", stderr: "" });
    });
  });

  test("needs root, and says how to get it", () => {
    const asNobody = ["setpriv", "--reuid=65534", "--clear-groups", "bash", "-s", "apply"];
    expect(host.sandbox.run(asNobody, hostScript())).toEqual(
      failed("homeport: needs root: log in as root, or as a user with passwordless sudo"),
    );
  });

  test("a bundle with an unknown word is refused before anything is changed", () => {
    const { code } = host.apply({ units: ["a.service\nsurprise x"] });
    expect(code).toBe(1);
    expect(host.log()).toEqual([]);
  });
});
