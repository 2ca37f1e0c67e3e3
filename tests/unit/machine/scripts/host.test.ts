import { HostFile, HostSpec } from "../../../../components/machine/host-spec";
import { hostScript } from "../../../../components/machine/scripts";
import { done, failed, hostForEach, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const MOTD: HostFile = { path: "/etc/test/motd", text: "hello\n" };
const CONF: HostFile = {
  path: "/etc/test/deep/er/app.conf",
  text: "a = 1\n",
  mode: "0640",
  owner: "root:10001",
  onChange: reload("app.service"),
};
const INSTALL = "apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0";
const SPEC: Partial<HostSpec> = { files: [MOTD, CONF], units: ["app.service"] };

describeWhere("the host script", Sandbox.missing(), () => {
  const host = hostForEach();

  describe("applies to a bare host", () => {
    test("its files with mode and owner, its packages and its units", () => {
      expect(host.apply({ ...SPEC, packages: ["nftables"] })).toEqual(done("base: 2 of 2 files written, 0 removed\n$"));
      expect(host.sandbox.sh("cat /etc/test/motd /etc/test/deep/er/app.conf")).toBe("hello\na = 1\n");
      expect(host.sandbox.sh("stat -c '%a %u:%g' /etc/test/motd /etc/test/deep/er/app.conf")).toBe(
        "644 0:0\n640 0:10001\n",
      );
      expect(host.log()).toEqual([
        "apt-get update -qq",
        `${INSTALL} nftables`,
        "daemon-reload ",
        "enable app.service",
        "start app.service",
      ]);
      expect(host.probe()).toEqual({ reached: true, revision: "r1", found: [] });
    });

    test("a package that only some distributions have, where this one has it", () => {
      const packages = ["engine", "engine-client?"];
      host.apply({ packages });
      expect(host.log()).toContain(`${INSTALL} engine`);
      host.apply({ packages });
      expect(host.log()).toEqual(["daemon-reload "]);
      host.sandbox.sh("touch /run/fake/provided-engine-client");
      host.apply({ packages });
      expect(host.log()).toEqual(["daemon-reload "]);
      host.sandbox.sh("rm /run/fake/provided-engine-client; touch /run/fake/offered-engine-client");
      host.apply({ packages });
      expect(host.log()).toContain(`${INSTALL} engine-client`);
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
      ["echo bye >/etc/test/motd", "/etc/test/motd has other content than declared"],
      ["chmod 0777 /etc/test/motd", "/etc/test/motd has mode 777, declared 644"],
      ["chown 1:1 /etc/test/motd", "/etc/test/motd belongs to 1:1, declared 0:0"],
      ["rm /etc/test/motd", "/etc/test/motd is missing"],
      ["rm /run/fake/active/app.service", "app.service is not running"],
      ["rm /run/fake/enabled/app.service", "app.service is not enabled"],
    ])("%s: is found and reverted", (change, finding) => {
      host.apply(SPEC);
      host.sandbox.sh(change);
      expect(host.probe()).toMatchObject({ found: [finding] });
      expect(host.apply(SPEC, "r2")).toMatchObject({ code: 0 });
      expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
    });
  });

  test("a kernel setting that was changed by hand is named with both values", () => {
    const watches = [{ kind: "sysctl", name: "net.ipv4.ip_forward", ...reload("app.service") }] as const;
    host.sandbox.sh("echo 1 >/proc/sys/net/ipv4/ip_forward");
    host.apply({ watches });
    host.sandbox.sh("echo 0 >/proc/sys/net/ipv4/ip_forward");
    expect(host.probe()).toMatchObject({ found: ["net.ipv4.ip_forward is 0, declared 1"] });
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
      const before = host.sandbox.sh("stat -c '%a %u %i' /etc/test/data");
      host.apply({ directories });
      expect(before).toMatch(/^700 10001 /);
      // The same one: a container that has it mounted would keep an old one.
      expect(host.sandbox.sh("stat -c '%a %u %i' /etc/test/data")).toBe(before);
    });
  });

  describe("what the host wrote by itself", () => {
    const WRITTEN = "/etc/test/written/state";
    const write = (): void => {
      host.sandbox.sh(`mkdir -p ${WRITTEN.replace(/[^/]*$/, "")}; echo mine >${WRITTEN}`);
    };
    const files: HostFile[] = [{ path: "/etc/test/written/other", text: "x\n" }];

    test("stays while the spec names it, and is no drift", () => {
      host.apply({ files, leftovers: [WRITTEN] });
      write();
      expect(host.apply({ files, leftovers: [WRITTEN] }, "r2")).toMatchObject({ code: 0 });
      expect(host.sandbox.sh(`cat ${WRITTEN}`)).toBe("mine\n");
      expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
    });

    test("goes when it leaves the spec", () => {
      host.apply({ files, leftovers: [WRITTEN] });
      write();
      expect(host.apply({ files })).toEqual(done(`removing ${WRITTEN}`));
      expect(host.sandbox.sh("ls /etc/test/written")).toBe("other\n");
    });

    test("becomes a file of the spec without being removed", () => {
      host.apply({ files, leftovers: [WRITTEN] });
      write();
      host.apply({ files: [...files, { path: WRITTEN, text: "ours\n" }] });
      expect(host.sandbox.sh(`cat ${WRITTEN}`)).toBe("ours\n");
    });

    test("goes with the bundle, and its directories with it", () => {
      host.apply({ files, leftovers: [WRITTEN, "/etc/test/never-written"] });
      write();
      expect(host.remove()).toMatchObject({ code: 0, stderr: "" });
      expect(host.sandbox.sh("ls -d /etc/test 2>&1 || true")).toContain("No such file");
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
      expect(host.probe()).toMatchObject({ found: ["/etc/test/deep/er/app.conf has other content than declared"] });
    });

    test("because something is needed first changes nothing", () => {
      const needs = [{ claim: "web is healthy", command: "echo starting; false" }];
      expect(host.apply({ ...SPEC, needs })).toEqual(
        failed("starting\nhomeport: check still fails after 0 s: web is healthy"),
      );
      expect(host.sandbox.sh("ls /etc/test 2>&1 || true")).toContain("No such file");
    });
  });

  describe("a host of another stack", () => {
    test.each(["apply", "remove"] as const)("is refused: %s", (verb) => {
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

  describe("containers", () => {
    const route = (container: string): Partial<HostSpec> => ({
      files: [{ path: "/etc/test/route.yaml", text: `to: ${container}\n` }],
      serves: [{ app: "blog", container }],
    });
    const containers = (): string[] => host.sandbox.sh("ls /run/fake/containers").split("\n").filter(Boolean);

    test("that no deploy speaks of any more are removed, the one before the last is left to the deploy", () => {
      host.sandbox.sh("mkdir -p /run/fake/containers; cd /run/fake/containers; touch web-1 web-failed worker-failed");
      expect(host.apply(route("web-1"))).toEqual(
        done(
          "removing container web-failed, left by a failed deploy\nremoving container worker-failed, left by a failed deploy",
        ),
      );
      host.sandbox.sh("touch /run/fake/containers/web-2");
      host.apply(route("web-2"), "r2");
      expect(containers()).toEqual(["web-1", "web-2"]);
    });

    test("leave their images, of which the two newest stay and any that is still in use", () => {
      host.sandbox.sh(
        "cd /run/fake; printf 'blog:%s\\n' 5 4 3 2 1 >images; echo blog:2 >used; mkdir containers; touch containers/web-5",
      );
      expect(host.apply(route("web-5"))).toEqual(done("removed the old image blog:3\nremoved the old image blog:1\n"));
      expect(host.sandbox.sh("cat /run/fake/images")).toBe("blog:5\nblog:4\nblog:2\n");
    });

    test("are no business of a bundle that serves nothing", () => {
      host.sandbox.sh("mkdir -p /run/fake/containers; touch /run/fake/containers/other");
      host.apply(SPEC);
      expect(containers()).toEqual(["other"]);
    });
  });

  describe("checks", () => {
    test("that hold are reported by their claims", () => {
      expect(host.verify([{ claim: "the sky is up", command: "true" }])).toEqual(done("^ok: the sky is up\n$"));
    });

    test("that do not hold are a failure with what the command said", () => {
      expect(host.verify([{ claim: "the sky is up", command: "echo it fell >&2\nfalse" }])).toEqual(
        failed("it fell\nhomeport: check still fails after 0 s: the sky is up"),
      );
    });
  });

  test("a check that prints nothing shows what it compared", () => {
    expect(host.verify([{ claim: "packets are forwarded", command: 'test "$(echo 0)" = 1' }])).toEqual(
      failed("+ test 0 = 1\nhomeport: check still fails after 0 s: packets are forwarded. "),
    );
  });

  test("needs root, and says how to get it", () => {
    const asNobody = ["setpriv", "--reuid=65534", "--clear-groups", "bash", "-s", "apply"];
    expect(host.sandbox.run(asNobody, hostScript())).toEqual(
      failed("homeport: needs root: log in as root, or as a user with passwordless sudo"),
    );
  });
});
