import { renderSshd } from "../../../components/machine/sshd-config";
import { sshdChecks } from "../../../components/machine/sshd";

const body = (login: string): string => renderSshd(login).split("\n").slice(1).join("\n");

test("where root is the login, root comes in by key only, like everybody", () => {
  expect(body("root")).toBe(
    "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n",
  );
});

test("where another user is the login, root stays out if somebody has shut it out", () => {
  expect(body("admin")).toBe("PasswordAuthentication no\nKbdInteractiveAuthentication no\n");
});

test("the proof is sshd's own word, in either of its versions", () => {
  const [check] = sshdChecks("root");
  expect(check?.command.split("\n").slice(3)).toEqual([
    "grep -Eqx 'passwordauthentication no' <<<\"$said\"",
    "grep -Eqx 'kbdinteractiveauthentication no' <<<\"$said\"",
    "grep -Eqx 'permitrootlogin (prohibit|without)-password' <<<\"$said\"",
  ]);
});
