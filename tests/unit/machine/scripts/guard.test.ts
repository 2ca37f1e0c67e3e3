import { HostSpec } from "../../../../components/machine/host-spec";
import { done, failed, hostForEach, reload } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

describeWhere("a firewall that the host script loads", Sandbox.missing(), () => {
  const host = hostForEach();

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

  test("changed only in the kernel is found by rule and reloaded", () => {
    host.apply(rules(80));
    host.verify();
    host.sandbox.sh("nft add rule inet test a tcp dport 23 accept");
    expect(host.probe()).toMatchObject({ found: ["nft inet test: unexpected rule in chain a: tcp dport 23 accept"] });
    expect(host.apply(rules(80))).toEqual(done("reload firewall.service\nbase: 0 of 1 files written"));
    expect(loaded()).toBe("dport 80\n");
  });

  test("gone from the kernel is one finding, not one a rule", () => {
    host.apply(rules(80));
    host.verify();
    host.sandbox.sh("nft delete table inet test");
    expect(host.probe()).toMatchObject({ found: ["nft table inet test is missing"] });
  });

  test("that lost a rule is missing it, by its chain", () => {
    host.apply(rules(80));
    host.verify();
    host.sandbox.sh("nft flush chain inet test a");
    expect(host.probe()).toMatchObject({ found: ["nft inet test: missing rule in chain a: tcp dport 80 accept"] });
  });

  test("is reverted unless a fresh connection confirms it", () => {
    host.apply(rules(80));
    host.verify();
    expect(host.apply(rules(81), "r2")).toEqual(done("a fresh connection has 60 s to confirm this change"));
    expect(host.sandbox.sh("cat /run/fake/timer")).toBe(
      "--quiet --collect --unit=homeport-revert --on-active=60s --timer-property=AccuracySec=1s /var/lib/homeport/revert/run\n",
    );
    host.sandbox.sh("/var/lib/homeport/revert/run");
    expect(loaded()).toBe("dport 80\n");
    expect(host.verify()).toEqual(failed("the change was reverted at "));
    expect(host.probe()).toMatchObject({ found: [expect.stringContaining("the last change was reverted")] });
  });

  test("that was reverted the first time is found, and can be applied again", () => {
    host.apply(rules(80));
    host.sandbox.sh("/var/lib/homeport/revert/run");
    expect(loaded()).toBe("");
    expect(host.probe()).toMatchObject({
      reached: true,
      found: [expect.stringContaining("the last change was reverted"), "bundle base was never applied completely"],
    });
    expect(host.apply(rules(80), "r2")).toMatchObject({ code: 0 });
    expect(host.verify()).toMatchObject({ code: 0 });
    expect(host.probe()).toEqual({ reached: true, revision: "r2", found: [] });
  });

  test("that was reverted can be applied again", () => {
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

  test("of a first run that is reverted leaves the host as it was", () => {
    host.apply(rules(80));
    host.sandbox.sh("/var/lib/homeport/revert/run");
    expect(host.sandbox.sh("ls /etc/test /run/fake/active /run/fake/enabled")).not.toMatch(/firewall/);
  });

  test("of a run that a reboot interrupted is reverted, though its timer is gone", () => {
    host.apply(rules(80));
    host.verify();
    host.apply(rules(81), "r2");
    host.sandbox.sh("rm /run/fake/active/homeport-revert.timer");
    expect(host.apply(rules(80), "r3")).toEqual(done("never confirmed: reverting it first"));
    expect(host.verify()).toMatchObject({ code: 0 });
    expect(loaded()).toBe("dport 80\n");
  });

  const BOOT = "/etc/systemd/system/homeport-revert-at-boot.service";
  const WANT = "/etc/systemd/system/multi-user.target.wants/homeport-revert-at-boot.service";

  test("is reverted at boot by a unit that is there only until it is confirmed", () => {
    host.apply(rules(80));
    host.verify();
    expect(host.sandbox.sh(`ls ${BOOT} ${WANT} 2>&1 | grep -c 'No such file'`)).toBe("2\n");
    host.apply(rules(81), "r2");
    expect(host.sandbox.sh(`readlink -f ${WANT}; sed -n 's/^ExecStart=//p' ${BOOT}`)).toBe(
      `${BOOT}\n/var/lib/homeport/revert/run boot\n`,
    );
    host.sandbox.sh("rm /run/fake/active/homeport-revert.timer; : >/run/fake/log; /var/lib/homeport/revert/run boot");
    // At boot the firewall starts later: a restart of it would wait for this unit, and this unit for it.
    expect(host.sandbox.sh("cat /run/fake/log; grep -o 'dport [0-9]*' /etc/test/firewall.nft")).toBe(
      "daemon-reload \ndport 80\n",
    );
    expect(host.sandbox.sh(`ls ${BOOT} ${WANT} /var/lib/homeport/revert 2>&1 | grep -c 'No such file'`)).toBe("3\n");
    expect(host.probe()).toMatchObject({
      found: expect.arrayContaining([expect.stringContaining("was reverted")]) as object,
    });
    expect(host.verify()).toEqual(failed("the change was reverted at "));
  });

  test("of a run that a reboot interrupted is found by the next look", () => {
    host.apply(rules(80));
    host.verify();
    host.apply(rules(81), "r2");
    host.sandbox.sh("rm /run/fake/active/homeport-revert.timer");
    expect(host.probe()).toMatchObject({
      found: [expect.stringContaining("was not confirmed before the machine restarted")],
    });
  });

  test("is not confirmed while it is being reverted", () => {
    host.apply(rules(80));
    host.verify();
    host.apply(rules(81), "r2");
    // The revert stops in the middle: what it does to the firewall never ends.
    host.sandbox.sh("echo 'kill -9 $PPID' >/run/fake/does-firewall.service; /var/lib/homeport/revert/run || true");
    host.sandbox.sh("rm /run/fake/does-firewall.service");
    expect(host.verify()).toEqual(failed("the change was reverted at "));
  });

  test("waits for who has the lock, and is over if that confirms it", () => {
    host.apply(rules(80));
    host.verify();
    host.apply(rules(81), "r2");
    host.sandbox.sh(`exec 8>/run/homeport.lock; flock 8
/var/lib/homeport/revert/run 8>&- &
until pgrep -P $! -x flock >/dev/null; do :; done
rm -rf /var/lib/homeport/revert
exec 8>&-
wait $!`);
    expect(host.sandbox.sh("ls /var/lib/homeport/base/reverted 2>/dev/null || true")).toBe("");
    expect(loaded()).toBe("dport 81\n");
  });

  test("of a run that was never confirmed is reverted before the next is applied", () => {
    host.apply(rules(80));
    host.verify();
    host.apply(rules(81), "r2");
    expect(host.apply(rules(82), "r3")).toEqual(done("never confirmed: reverting it first"));
    expect(loaded()).toBe("dport 82\n");
    host.sandbox.sh("/var/lib/homeport/revert/run");
    expect(loaded()).toBe("dport 80\n");
  });
});
