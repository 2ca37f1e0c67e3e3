import { Observation, readObservation } from "../../../components/machine/observation";

const OWNER = "homeport/dev";

const BARE = "reached\nmachine 0123abcd at 1700000000\n";
const IN_SYNC = `${BARE}bundle base homeport/dev\nrevision r1\nbundle secrets homeport/dev\nrevision r1\n`;

test("a host that did not answer is unreachable, with the reason in one line", () => {
  expect(readObservation("failed 255\nssh: connect to host 198.51.100.10 port 22:\nNo route to host\n", OWNER)).toEqual(
    {
      reached: false,
      failure: "unreachable",
      reason: "ssh: connect to host 198.51.100.10 port 22: No route to host",
      keys: [],
    },
  );
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
