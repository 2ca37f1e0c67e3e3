import { HostFile, HostSpec } from "../../../../components/machine/host-spec";
import { done, failed, hostForEach, OWNER, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const MOTD: HostFile = { path: "/etc/test/motd", text: "hello\n" };
const SPEC: Partial<HostSpec> = {
  files: [MOTD, { path: "/etc/test/deep/app.conf", text: "a = 1\n", onChange: reload("app.service") }],
  units: ["app.service"],
};

describeWhere("what the host script takes away", Sandbox.missing(), () => {
  const host = hostForEach();

  describe("a host that another stack shares", () => {
    const [PROD, GUEST] = ["homeport/prod", "homeport/staging"];
    beforeEach(() => {
      host.apply(SPEC, "r1", PROD);
      host.apply({}, "r1", PROD, "prod-route");
      host.apply({ files: [{ path: "/etc/test/b", text: "b\n" }] }, "r1", GUEST, "staging-route");
    });

    test.each(["prod-route", "base"])("keeps its owner's %s: nothing goes before the guest", (bundle) => {
      expect(host.remove({}, PROD, bundle)).toEqual(
        failed(
          "homeport: the site of the stack homeport/staging is on this host: destroy that one first (pulumi destroy --stack staging)",
        ),
      );
      expect(host.sandbox.sh("cat /etc/test/motd")).toBe("hello\n");
    });

    test("lets the guest go, and then its owner", () => {
      expect(host.remove({}, GUEST, "staging-route")).toMatchObject({ code: 0 });
      expect(host.remove({}, PROD, "prod-route")).toMatchObject({ code: 0 });
      expect(host.remove({}, PROD)).toMatchObject({ code: 0 });
    });
  });

  describe("a bundle", () => {
    test("leaves nothing but what somebody else has there", () => {
      host.sandbox.sh("mkdir -p /etc/test; touch /etc/test/other");
      host.apply({ ...SPEC, packages: ["nftables"] });
      expect(host.remove()).toEqual(done("packages that were installed stay: nftables"));
      expect(host.sandbox.sh("find /etc/test; ls /run/fake/active /run/fake/enabled /var/lib")).not.toMatch(
        /motd|app.service|homeport/,
      );
      expect(host.sandbox.sh("ls /etc/test")).toBe("other\n");
    });

    test("says what is to be known of what stays", () => {
      const notes = ["the data stay in the volume data", "remove them with: docker volume rm data"];
      host.apply({ ...SPEC, notes });
      expect(host.remove({ ...SPEC, notes })).toEqual(done(`(^|\n)${notes.join("; ")}\n$`));
    });

    test("restores the kernel settings that it has changed", () => {
      const key = "net.ipv4.conf.all.rp_filter";
      const read = "cat /proc/sys/net/ipv4/conf/all/rp_filter";
      host.sandbox.sh("echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter");
      const watches = [{ kind: "sysctl", name: key, ...reload("app.service") }] as const;
      const change = "echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter";
      const spec = { ...SPEC, watches };
      host.sandbox.sh(`mkdir -p /run/fake; echo '${change}' >/run/fake/does-app.service`);
      host.apply(spec);
      expect(host.sandbox.sh(read)).toBe("2\n");
      host.apply(spec, "r2");
      expect(host.remove(spec)).toEqual(done(`restoring ${key} = 1\n`));
      expect(host.sandbox.sh(read)).toBe("1\n");
    });

    test("restores a kernel setting as soon as it leaves the spec", () => {
      const watches = [{ kind: "sysctl", name: "net.ipv4.ip_forward", ...reload("app.service") }] as const;
      host.sandbox.sh("echo 0 >/proc/sys/net/ipv4/ip_forward");
      host.apply({ ...SPEC, watches });
      host.sandbox.sh("echo 1 >/proc/sys/net/ipv4/ip_forward");
      expect(host.apply(SPEC, "r2")).toEqual(done("restoring net.ipv4.ip_forward = 0\n"));
      expect(host.sandbox.sh("cat /proc/sys/net/ipv4/ip_forward")).toBe("0\n");
    });

    test("leaves a unit running that ran before", () => {
      host.sandbox.sh("mkdir -p /run/fake/active /run/fake/enabled; touch /run/fake/active/app.service");
      host.apply(SPEC);
      host.remove(SPEC);
      expect(host.sandbox.sh("ls /run/fake/active")).toBe("app.service\n");
    });

    test("reloads a unit that is not ours when its file is gone", () => {
      host.sandbox.sh("mkdir -p /run/fake/active; touch /run/fake/active/ssh.service");
      const spec = { files: [{ path: "/etc/test/sshd.conf", text: "no\n", onChange: reload("ssh.service") }] };
      host.apply(spec);
      host.log();
      expect(host.remove(spec)).toEqual(done("^reload ssh.service\n$"));
      expect(host.log()).toContain("reload ssh.service");
    });

    test("leaves a file that another bundle has taken over, whether it loses the file or goes", () => {
      for (const lose of [() => host.apply({}), () => host.remove()]) {
        host.apply({ files: [MOTD] });
        host.apply({ files: [MOTD] }, "r1", OWNER, "inner");
        lose();
        expect(host.sandbox.sh("cat /etc/test/motd")).toBe("hello\n");
        host.remove({}, OWNER, "inner");
        expect(host.sandbox.sh("ls /etc/test 2>/dev/null || true")).toBe("");
      }
    });

    test("names no package that could not be installed", () => {
      host.sandbox.sh("mkdir -p /run/fake/broken; touch /run/fake/broken/apt-get");
      expect(host.apply({ packages: ["nftables"] })).toEqual(failed("apt-get could not install: nftables"));
      expect(host.remove()).toEqual({ code: 0, stdout: "", stderr: "" });
    });

    test("twice is no failure", () => {
      host.apply(SPEC);
      host.remove();
      expect(host.remove()).toEqual({ code: 0, stdout: "", stderr: "" });
    });
  });
});
