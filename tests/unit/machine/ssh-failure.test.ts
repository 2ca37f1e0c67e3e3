import { readFailure } from "../../../components/machine/ssh-failure";

// What OpenSSH 8.4 to 9.2 wrote; all of it with ssh's own exit code.
describe("ssh's own failure", () => {
  test.each([
    ["ssh: connect to host 198.51.100.10 port 22: Connection timed out", "unreachable"],
    ["ssh: connect to host 198.51.100.10 port 22: Connection refused", "unreachable"],
    ["ssh: connect to host 198.51.100.10 port 22: Permission denied", "unreachable"],
    ["ssh: connect to host fe80::1 port 22: Invalid argument", "unreachable"],
    ["ssh: Could not resolve hostname pi.example.org: Name or service not known", "unreachable"],
    ["ssh: Could not resolve hostname pi.example.org: Temporary failure in name resolution", "unreachable"],
    [
      "kex_exchange_identification: Connection closed by remote host\nConnection closed by 198.51.100.10 port 22",
      "unreachable",
    ],
    ["kex_exchange_identification: read: Connection reset by peer", "unreachable"],
    ["Timeout, server 198.51.100.10 not responding.", "unreachable"],
    ["client_loop: send disconnect: Broken pipe", "unreachable"],
    ["Connection to 198.51.100.10 closed by remote host.", "unreachable"],
    ["pi@198.51.100.10: Permission denied (publickey,password).", "login"],
    ['Load key "/home/me/.ssh/id_ed25519": invalid format\npi@198.51.100.10: Permission denied (publickey).', "login"],
    ["Received disconnect from 198.51.100.10 port 22:2: Too many authentication failures", "login"],
    [
      "No ED25519 host key is known for 198.51.100.10 and you have requested strict checking.\nHost key verification failed.",
      "host key",
    ],
    [
      "Unable to negotiate with 198.51.100.10 port 22: no matching host key type found. Their offer: ssh-rsa",
      "host key",
    ],
    ["Unable to negotiate with 198.51.100.10 port 22: no matching key exchange method found.", "workstation"],
    ["command-line: line 0: Bad configuration option: knownhostscommand", "workstation"],
    ["something that no ssh has said so far", "answer"],
    ["", "answer"],
  ])("%s", (words, failure) => {
    expect(readFailure(255, `${words}\n`)).toMatchObject({ reached: false, failure });
  });

  test("of another host key is one line, without the frame", () => {
    const frame = "@".repeat(59);
    const { failure, reason } = readFailure(
      255,
      `${frame}\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n${frame}\n${"IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\n".repeat(20)}Host key verification failed.\n`,
    );
    expect(failure).toBe("host key");
    expect(reason).toMatch(/^[^@\n]{1,400}$/);
  });

  test("of another host key has the key that was shown, to be compared, and as the settings take it", () => {
    const shown = "The fingerprint for the ED25519 key sent by the remote host is\nSHA256:abc+/9.\n";
    expect(
      readFailure(
        255,
        `key ssh-ed25519 AAAA\n${shown}Please contact your system administrator.\nHost key verification failed.\n`,
      ),
    ).toEqual({
      reached: false,
      failure: "host key",
      reason: "The fingerprint for the ED25519 key sent by the remote host is SHA256:abc+/9",
      keys: ["ssh-ed25519 AAAA"],
    });
  });
});

// Only ssh's own failure is "away": behind a login that works, the words of a command mean something else.
describe("the failure of the command", () => {
  test.each([
    [1, "bash: sudo: command not found", "sudo"],
    [127, "sh: 1: exec: sudo: not found", "sudo"],
    [1, "sudo: a password is required", "sudo"],
    [1, "sudo: Ein Passwort ist notwendig", "sudo"],
    [1, "sudo-rs: interactive authentication is required", "sudo"],
    [1, "sudo: sorry, you must have a tty to run sudo", "sudo"],
    [1, "sudo: a terminal is required to read the password", "sudo"],
    [1, "pi is not in the sudoers file.", "sudo"],
    [1, "WARNING: Your password has expired.\nPassword change required but no TTY available.", "password"],
    [
      1,
      "You are required to change your password immediately (administrator enforced).\nPassword change required but no TTY available.",
      "password",
    ],
    [1, "This account is currently not available.", "login"],
    [142, 'Please login as the user "ubuntu" rather than the user "root".', "login"],
    [127, "fish: Unknown command: if\nfish:", "answer"],
    [2, "bash: line 3: syntax error near unexpected token `$'in\\r''", "answer"],
    [1, "mktemp: failed to create file: No space left on device", "answer"],
    [1, "curl: (7) Connection refused, connection timed out", "answer"],
    [127, "there is no ssh on this workstation", "workstation"],
    [undefined, "", "answer"],
  ])("%s: %s", (code, words, failure) => {
    const seen = readFailure(code, `${words}\n`);
    expect(seen).toMatchObject({ reached: false, failure });
    if (failure === "answer")
      expect(seen.reason).toBe(
        `exit code ${code ?? "none"}: ${words === "" ? "no message" : words.replace("\n", " ")}`,
      );
  });
});
