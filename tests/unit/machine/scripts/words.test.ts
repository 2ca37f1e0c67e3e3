import { HostFile, HostSpec } from "../../../../components/machine/host-spec";
import { done, failed, hostForEach, OWNER, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const file = (path: string, unit?: string): HostFile => ({
  path,
  text: "x\n",
  ...(unit === undefined ? {} : { onChange: reload(unit) }),
});

describeWhere("names are compared as they are, not as patterns", Sandbox.missing(), () => {
  const host = hostForEach();
  const there = (...paths: string[]): string[] =>
    host.sandbox
      .sh(`for path in ${paths.join(" ")}; do [ ! -e "$path" ] || echo "$path"; done`)
      .split("\n")
      .filter(Boolean);

  test.each<[string, Partial<HostSpec>, Partial<HostSpec>]>([
    ["a file", { files: [file("/etc/test/a.b")] }, { files: [file("/etc/test/a-b")] }],
    ["what the host wrote", { leftovers: ["/etc/test/a.b"] }, { files: [file("/etc/test/a-b")] }],
    ["a directory", { directories: [{ path: "/etc/test/a.b" }] }, { directories: [{ path: "/etc/test/a-b" }] }],
  ])("%s goes though one of a similar name comes", (_, before, after) => {
    host.apply(before);
    if (before.leftovers !== undefined) host.sandbox.sh("mkdir -p /etc/test; touch /etc/test/a.b");
    host.apply(after, "r2");
    expect(there("/etc/test/a.b", "/etc/test/a-b")).toEqual(["/etc/test/a-b"]);
  });

  test("a unit is stopped though one of a similar name comes", () => {
    host.apply({ units: ["a.b.service"] });
    host.apply({ units: ["a-b.service"] }, "r2");
    expect(host.sandbox.sh("ls /run/fake/active")).toBe("a-b.service\n");
  });

  test("each of two units of similar names is reloaded for its file", () => {
    const files = [file("/etc/test/1", "a-b.service"), file("/etc/test/2", "a.b.service")];
    host.sandbox.sh("mkdir -p /run/fake/active; touch /run/fake/active/a-b.service /run/fake/active/a.b.service");
    host.apply({ files });
    expect(host.log()).toEqual(["daemon-reload ", "reload a-b.service", "reload a.b.service"]);
  });

  test("a container that was never finished is removed though one of a similar name serves", () => {
    host.sandbox.sh("mkdir -p /run/fake/containers; touch /run/fake/containers/web-1 /run/fake/containers/web.1");
    expect(host.apply({ serves: [{ app: "blog", container: "web-1" }] })).toEqual(
      done("removing container web.1, left by a failed deploy"),
    );
  });

  test("a file with a backslash, such as a unit of systemd's, is another bundle's once that has it", () => {
    const path = "/etc/test/a\\x2db.service";
    host.apply({ files: [file(path)] });
    host.apply({ files: [file(path)] }, "r1", OWNER, "inner");
    host.apply({}, "r2");
    expect(host.sandbox.sh(`cat '${path}'`)).toBe("x\n");
  });
});

describeWhere("a failure is not hidden", Sandbox.missing(), () => {
  const host = hostForEach({ tail: "exit 1\n", journalctl: "exit 1\n" });
  const MOTD = file("/etc/test/motd", "app.service");

  test("of a check, where its last lines cannot be shown", () => {
    expect(host.verify([{ claim: "the sky is up", command: "false" }])).toEqual(
      failed("homeport: check still fails after 0 s: the sky is up"),
    );
  });

  test("of a unit, where its journal cannot be shown", () => {
    host.sandbox.sh("mkdir -p /run/fake/broken /run/fake/enabled; touch /run/fake/broken/app.service");
    const spec = { files: [MOTD], units: ["app.service"] };
    expect(host.apply(spec)).toEqual(failed("homeport: could not enable app.service"));
    host.sandbox.sh("touch /run/fake/enabled/app.service");
    expect(host.apply(spec)).toEqual(failed("homeport: could not start app.service"));
  });

  test("of apt, where its last lines cannot be shown", () => {
    host.sandbox.sh("mkdir -p /run/fake/broken; touch /run/fake/broken/apt-get");
    expect(host.apply({ packages: ["nftables"] })).toEqual(failed("homeport: apt-get could not install: nftables"));
  });

  test("of a unit that runs on after its bundle", () => {
    host.apply({ units: ["app.service"] });
    host.sandbox.sh("mkdir -p /run/fake/broken; touch /run/fake/broken/app.service");
    expect(host.remove()).toEqual(done("could not stop app.service\n"));
  });

  test("of a file that something removes at once: the manifest would have no word of it", () => {
    host.sandbox.sh("mkdir -p /run/fake; echo 'rm /etc/test/motd' >/run/fake/does-app.service");
    expect(host.apply({ files: [MOTD], units: ["app.service"] })).toEqual(
      failed("homeport: /etc/test/motd disappeared right after it was written"),
    );
  });

  test("of a kernel that has no such setting", () => {
    const watches = [{ kind: "sysctl", name: "net.nowhere", ...reload("app.service") }] as const;
    expect(host.apply({ watches })).toEqual(failed("homeport: this host's kernel has no setting net.nowhere"));
  });

  test("of a user who is not there to join a group", () => {
    expect(host.apply({ groups: [{ group: "root", user: "nobody-at-all" }] })).toEqual(
      failed("homeport: user nobody-at-all does not exist and cannot join the group root"),
    );
  });

  test("of watched state that was kept, and is not any more", () => {
    host.apply({ watches: [{ kind: "sysctl", name: "net.ipv4.ip_forward", ...reload("app.service") }] });
    host.sandbox.sh("rm /var/lib/homeport/base/live.*");
    expect(host.probe()).toMatchObject({
      found: [
        "sysctl net.ipv4.ip_forward cannot be compared: /var/lib/homeport/base/live.sysctl_net.ipv4.ip_forward is missing, and 'pulumi up' records it again",
      ],
    });
  });
});
