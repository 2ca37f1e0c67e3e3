import { Observation, readObservation } from "../../../components/host/observation";

const OWNER = "homeport/dev";

const BARE = "reached\nmachine 0123abcd at 1700000000\n";
const IN_SYNC = `${BARE}bundle base homeport/dev\nrevision r1\nbundle secrets homeport/dev\nrevision r1\n`;

test("a host that did not answer is not reached, and says why in one line", () => {
  expect(
    readObservation("unreachable\nssh: connect to host 198.51.100.10 port 22:\nNo route to host\n", OWNER),
  ).toEqual({
    reached: false,
    reason: "ssh: connect to host 198.51.100.10 port 22: No route to host",
  });
});

test("nothing at all counts as not reached", () => {
  expect(readObservation("", OWNER)).toEqual({ reached: false, reason: "" });
});

test("a bare host gets a first revision of its own", () => {
  expect(readObservation(BARE, OWNER)).toEqual({
    reached: true,
    revision: "first told to machine 0123abcd at 1700000000",
    found: [],
  });
});

test("in sync, the host's own revision comes back", () => {
  expect(readObservation(IN_SYNC, OWNER)).toEqual({ reached: true, revision: "r1", found: [] });
});

test("a revision of several words comes back whole", () => {
  const revision = "first told to machine 0123abcd at 1700000000";
  expect(readObservation(`${BARE}bundle base homeport/dev\nrevision ${revision}\n`, OWNER)).toMatchObject({ revision });
});

describe("drifted", () => {
  const drifted = `${IN_SYNC}found inet homeport: added tcp dport 23 accept\nfound /etc/motd is missing\n`;

  test("the revision names what was found", () => {
    expect(readObservation(drifted, OWNER)).toEqual({
      reached: true,
      revision: expect.stringMatching(
        /^[0-9a-f]{12} found: inet homeport: added tcp dport 23 accept; \/etc\/motd is missing$/,
      ) as string,
      found: ["inet homeport: added tcp dport 23 accept", "/etc/motd is missing"],
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

  test("a finding before any bundle (a change that was put back) counts", () => {
    const text = `${BARE}found the last change was put back at 12:00, it was not confirmed\nbundle base homeport/dev\nrevision r1\n`;
    expect(revisionOf(readObservation(text, OWNER))).toContain("found: the last change was put back at 12:00");
  });
});

test("what another stack has on the host is not ours to judge", () => {
  const text = `${BARE}bundle base homeport/prod\nrevision p1\nfound /etc/motd was changed\nbundle web homeport/dev\nrevision r1\n`;
  expect(readObservation(text, OWNER)).toEqual({ reached: true, revision: "r1", found: [] });
});

test("a host that only another stack has told is bare to us", () => {
  expect(readObservation(`${BARE}bundle base homeport/prod\nrevision p1\n`, OWNER)).toMatchObject({
    revision: "first told to machine 0123abcd at 1700000000",
  });
});

test("lines that ssh itself writes are no findings", () => {
  expect(
    readObservation(`reached\nWarning: agent contains no identities\n${IN_SYNC.slice("reached\n".length)}`, OWNER),
  ).toEqual({
    reached: true,
    revision: "r1",
    found: [],
  });
});

function revisionOf(observation: Observation): string {
  return observation.reached ? observation.revision : "not reached";
}
