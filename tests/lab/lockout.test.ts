import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { secondsShut } from "../support/lab-port";
import { whileVisited } from "../support/lab-site";
import { directories } from "../support/lab-snapshot";

/** A network that nobody is in. */
const NOBODY = "10.99.0.0/16";

/** Seconds: an unconfirmed change is reverted after 60, and a busy machine may be late. */
const SHUT_AT_MOST = 75;

changing("a lockout", () => {
  it("fails and reports that the change was reverted, while the site stays up", async () => {
    const lab = await theLab();
    const { vps } = lab.machines;
    const before = await directories(vps);
    const watched = await whileVisited(lab, () =>
      secondsShut(vps.address, 22, () =>
        lab.stack.withSettings({ "homeport:edge": { sshFrom: [NOBODY] } }, () => lab.stack.up()),
      ),
    );
    const { result, shut } = watched.result;
    expect(result.code).not.toBe(0);
    expect(result.output).toMatch(
      /the change was reverted at .*: no new ssh connection succeeded within 60 s after it/,
    );
    expect(shut).toBeGreaterThan(30);
    expect(shut).toBeLessThan(SHUT_AT_MOST);
    expect(watched.asked).toBeGreaterThan(20);
    expect(watched.failures).toEqual([]);
    expect(await directories(vps)).toBe(before);
  });

  it("is fixed by the right setting and another up", async () => {
    const { stack, machines } = await theLab();
    expect(await machines.vps.run("nft list table inet homeport")).not.toContain(NOBODY);
    const up = await stack.up();
    expect(up.code).toBe(0);
    expect(up.changed.filter((name) => !name.startsWith("vps-"))).toEqual([]);
  });
});
