import { differences } from "../chaos/chaos";
import { chaosRun, describeRun } from "../chaos/plan";

/** Enough for every kind to be among them. */
const SEEDS = Array.from({ length: 200 }, (_value, index) => index);

describe("the deploys that are cut off", () => {
  it("are the same for the same seed", () => {
    expect(SEEDS.map((seed) => chaosRun(seed))).toEqual(SEEDS.map((seed) => chaosRun(seed)));
  });

  it("are of every kind, at many places", () => {
    const runs = SEEDS.map((seed) => chaosRun(seed));
    expect(new Set(runs.map(({ deploy, signal }) => `${deploy} ${signal}`))).toEqual(
      new Set(["first SIGINT", "first SIGKILL", "update SIGINT", "update SIGKILL"]),
    );
    expect(new Set(runs.map(({ operations }) => operations)).size).toBeGreaterThan(10);
    expect(new Set(runs.map(({ delay }) => delay)).size).toBeGreaterThan(100);
  });

  it("strike at the same place whether or not the kind is given", () => {
    const { deploy, signal, ...place } = chaosRun(7);
    expect(chaosRun(7, { deploy, signal })).toMatchObject(place);
  });

  it("are described in a line that reproduces them", () => {
    expect(describeRun({ seed: 7, deploy: "first", signal: "SIGKILL", operations: 3, delay: 250 })).toBe(
      "seed 7: first deploy, SIGKILL 250 ms after operation 3",
    );
  });
});

describe("hosts after a deploy that was cut off", () => {
  const hosts = { vps: "a\nb\n", pi: "c\n" };

  it("have no differences from what they are", () => {
    expect(differences(hosts, { ...hosts })).toEqual([]);
  });

  it("are reported as lines that are missing and lines that are extra", () => {
    expect(differences(hosts, { vps: "a\n", pi: "c\nd\n" })).toEqual(["vps lacks: b", "pi has besides: d"]);
  });

  it("differ where a line is there once more", () => {
    expect(differences(hosts, { vps: "a\nb\nb\n", pi: "c\n" })).toEqual(["vps has besides: b"]);
  });
});
