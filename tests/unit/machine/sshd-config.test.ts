import { sshdChecks, sshdFiles } from "../../../components/machine/sshd";
import { renderSshd, SshdPolicy } from "../../../components/machine/sshd-config";

const POLICY: SshdPolicy = { login: "root", hostKey: "ssh-ed25519 AAAA", place: "public" };

/** Lines that come after the choice of algorithms. */
const access = (policy: Partial<SshdPolicy>): string[] =>
  renderSshd({ ...POLICY, ...policy })
    .split("\n")
    .filter((line) => !/^(#|Kex|MACs|HostKeyAlgorithms|$)/.test(line));

describe("on the internet", () => {
  test("everybody comes in by key only, root too where it is the login", () => {
    expect(access({})).toEqual([
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
    ]);
  });

  test("root stays out if somebody has shut it out and another user is the login", () => {
    expect(access({ login: "admin" })).toEqual(["PasswordAuthentication no", "KbdInteractiveAuthentication no"]);
  });
});

describe("at home", () => {
  const home = { place: "home", login: "pi" } as const;

  test("passwords are for the home's addresses", () => {
    expect(access(home)).toEqual([
      "Match Address 0.0.0.0/0,::/0,!10.0.0.0/8,!172.16.0.0/12,!192.168.0.0/16,!169.254.0.0/16,!127.0.0.0/8,!fc00::/7,!fe80::/10,!::1/128",
      "  PasswordAuthentication no",
      "  KbdInteractiveAuthentication no",
    ]);
  });

  test("and not for whoever comes through the tunnel", () => {
    expect(access({ ...home, tunnelAddress: "10.77.0.2" }).slice(3)).toEqual([
      "Match LocalAddress 10.77.0.2",
      "  PasswordAuthentication no",
      "  KbdInteractiveAuthentication no",
    ]);
  });
});

test("a pinned key of type ECDSA stays on offer", () => {
  expect(renderSshd(POLICY)).toContain("\nHostKeyAlgorithms -ecdsa-");
  expect(renderSshd({ ...POLICY, hostKey: "ecdsa-sha2-nistp256 AAAA" })).not.toContain("HostKeyAlgorithms");
});

test("the check is sshd's own word, in either of its versions, for each way in", () => {
  const [check] = sshdChecks({ ...POLICY, place: "home", tunnelAddress: "10.77.0.2" });
  const lines = check?.command.split("\n") ?? [];
  expect(lines.filter((line) => line.includes("prohibit"))).toEqual([
    "grep -Eqx 'permitrootlogin (prohibit|without)-password' <<<\"$said\"",
    "grep -Eqx 'permitrootlogin (prohibit|without)-password' <<<\"$said\"",
  ]);
  expect(lines.filter((line) => line.startsWith("said="))).toEqual([
    expect.stringContaining("addr=2001:db8::1,laddr=2001:db8::2,"),
    expect.stringContaining("addr=10.77.0.2,laddr=10.77.0.2,"),
  ]);
});

test("a change is undone unless a new connection confirms it", () => {
  expect(sshdFiles(POLICY)).toMatchObject([{ guard: true, onChange: { unit: "ssh.service", action: "reload" } }]);
});
