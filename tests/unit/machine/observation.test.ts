import { Observation, readObservation } from "../../../components/machine/observation";

const OWNER = "homeport/dev";

const BARE = "reached\nmachine 0123abcd at 1700000000\n";
const IN_SYNC = `${BARE}bundle base homeport/dev\nrevision r1\nbundle secrets homeport/dev\nrevision r1\n`;

test("a host that did not answer is unreachable, with the reason in one line", () => {
  expect(
    readObservation("unreachable\nssh: connect to host 198.51.100.10 port 22:\nNo route to host\n", OWNER),
  ).toEqual({
    reached: false,
    failure: "unreachable",
    reason: "ssh: connect to host 198.51.100.10 port 22: No route to host",
  });
});

test("no answer at all counts as unreachable", () => {
  expect(readObservation("", OWNER)).toEqual({ reached: false, failure: "unreachable", reason: "" });
});

// What OpenSSH 8.4 to 9.2 and sudo 1.9 wrote.
describe("ssh's message gives the cause", () => {
  test.each([
    ["ssh: connect to host 198.51.100.10 port 22: Connection timed out", "unreachable"],
    ["ssh: connect to host 198.51.100.10 port 22: Permission denied", "unreachable"],
    ["ssh: Could not resolve hostname pi.example.org: Name or service not known", "unreachable"],
    [
      "kex_exchange_identification: Connection closed by remote host\nConnection closed by 198.51.100.10 port 22",
      "unreachable",
    ],
    ["bash: sudo: command not found", "sudo"],
    ["sudo: a password is required", "sudo"],
    ["sudo: a terminal is required to read the password", "sudo"],
    ["pi is not in the sudoers file.", "sudo"],
    ["pi@198.51.100.10: Permission denied (publickey,password).", "login"],
    ['Load key "/home/me/.ssh/id_ed25519": invalid format\npi@198.51.100.10: Permission denied (publickey).', "login"],
    ["Received disconnect from 198.51.100.10 port 22:2: Too many authentication failures", "login"],
    ['Please login as the user "ubuntu" rather than the user "root".', "login"],
    ["WARNING: Your password has expired.\nPassword change required but no TTY available.", "login"],
    ["This account is currently not available.", "login"],
    [
      "No ED25519 host key is known for 198.51.100.10 and you have requested strict checking.\nHost key verification failed.",
      "host key",
    ],
    [
      "Unable to negotiate with 198.51.100.10 port 22: no matching host key type found. Their offer: ssh-rsa",
      "host key",
    ],
  ])("%s", (words, failure) => {
    expect(readObservation(`unreachable\n${words}\n`, OWNER)).toMatchObject({ reached: false, failure });
  });

  test("of another host key they are one line, without the frame", () => {
    const frame = "@".repeat(59);
    const seen = readObservation(
      `unreachable\n${frame}\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n${frame}\n${"IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\n".repeat(20)}Host key verification failed.\n`,
      OWNER,
    );
    expect(seen).toMatchObject({ failure: "host key", reason: expect.not.stringMatching(/[@\n]/) as string });
    expect(seen).toMatchObject({ reason: expect.stringMatching(/^.{1,400}$/) as string });
  });

  test("of another host key they are the key that was shown, to be compared", () => {
    const shown = "The fingerprint for the ED25519 key sent by the remote host is\nSHA256:abc+/9.\n";
    const seen = readObservation(
      `unreachable\n${shown}Please contact your system administrator.\nHost key verification failed.\n`,
      OWNER,
    );
    expect(seen).toEqual({
      reached: false,
      failure: "host key",
      reason: "The fingerprint for the ED25519 key sent by the remote host is SHA256:abc+/9",
    });
  });
});

test("a bare host gets a first revision of its own", () => {
  expect(readObservation(BARE, OWNER)).toEqual({
    reached: true,
    revision: "first applied to machine 0123abcd at 1700000000",
    found: [],
  });
});

test("a host that was never applied completely gets a revision that says so", () => {
  const text = `${BARE}bundle base homeport/dev\nfound bundle base was never applied completely\n`;
  expect(readObservation(text, OWNER)).toEqual({
    reached: true,
    revision: expect.stringMatching(/^[0-9a-f]{12} found: bundle base was never applied completely$/) as string,
    found: ["bundle base was never applied completely"],
  });
});

test("in sync, the host's own revision comes back", () => {
  expect(readObservation(IN_SYNC, OWNER)).toEqual({ reached: true, revision: "r1", found: [] });
});

test("a revision of several words comes back whole", () => {
  const revision = "first applied to machine 0123abcd at 1700000000";
  expect(readObservation(`${BARE}bundle base homeport/dev\nrevision ${revision}\n`, OWNER)).toMatchObject({ revision });
});

describe("drifted", () => {
  const drifted = `${IN_SYNC}found inet homeport: unexpected tcp dport 23 accept\nfound /etc/motd is missing\n`;

  test("the revision names what was found", () => {
    expect(readObservation(drifted, OWNER)).toEqual({
      reached: true,
      revision: expect.stringMatching(
        /^[0-9a-f]{12} found: inet homeport: unexpected tcp dport 23 accept; \/etc\/motd is missing$/,
      ) as string,
      found: ["inet homeport: unexpected tcp dport 23 accept", "/etc/motd is missing"],
    });
  });

  test("the same finding on the same revision is the same revision, on another it is another", () => {
    const again = revisionOf(readObservation(drifted, OWNER));
    expect(revisionOf(readObservation(drifted, OWNER))).toBe(again);
    expect(revisionOf(readObservation(drifted.replaceAll("revision r1", "revision r2"), OWNER))).not.toBe(again);
  });

  test("many findings are one line of bounded length", () => {
    const many = Array.from({ length: 20 }, (_, index) => `found /etc/file${index} ${"x".repeat(1000)}\n`).join("");
    const revision = revisionOf(readObservation(IN_SYNC + many, OWNER));
    expect(revision).toMatch(/; and 12 more$/);
    expect(revision).not.toContain("\n");
    expect(revision.length).toBeLessThan(8 * 170);
  });

  test("a finding before any bundle (a reverted change) counts", () => {
    const text = `${BARE}found the last change was reverted at 12:00: no connection confirmed it\nbundle base homeport/dev\nrevision r1\n`;
    expect(revisionOf(readObservation(text, OWNER))).toContain("found: the last change was reverted at 12:00");
  });
});

test("another stack's drift is not ours", () => {
  const text = `${BARE}bundle base homeport/prod\nrevision p1\nfound /etc/motd has other content than declared\nbundle web homeport/dev\nrevision r1\n`;
  expect(readObservation(text, OWNER)).toEqual({ reached: true, revision: "r1", found: [] });
});

test("a host with only another stack's bundles is new to us", () => {
  expect(readObservation(`${BARE}bundle base homeport/prod\nrevision p1\n`, OWNER)).toMatchObject({
    revision: "first applied to machine 0123abcd at 1700000000",
  });
});

test("lines that the login shell writes before the script are no findings", () => {
  expect(readObservation(`reached\nWelcome to pi\nfound you\n${IN_SYNC.slice("reached\n".length)}`, OWNER)).toEqual({
    reached: true,
    revision: "r1",
    found: [],
  });
});

test.each([
  ["surprise x", "unknown line: surprise x"],
  ["constructor x", "unknown line: constructor x"],
  ["bundle base", "malformed line: bundle base (owner: expected one word)"],
  ["bundle base a b", "malformed line: bundle base a b (text after the last field)"],
  ["machine 0123abcd at noon", "malformed line: machine 0123abcd at noon (seconds: expected a number)"],
  ["fact surprise x", "unknown line: fact surprise x"],
  ["fact listener 22 [::] sshd", "malformed line: fact listener 22 [::] sshd (at: expected PORT/tcp or PORT/udp)"],
])("a malformed line is an error that quotes it: %s", (line, message) => {
  expect(() => readObservation(`${IN_SYNC}${line}\n`, OWNER)).toThrow(message);
});

test("an answer without a 'machine' line is an error", () => {
  expect(() => readObservation("reached\nbundle base homeport/dev\n", OWNER)).toThrow(
    "no 'machine' line in: bundle base",
  );
});

function revisionOf(observation: Observation): string {
  return observation.reached ? observation.revision : "not reached";
}
