import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultName, instanceOf } from "../../../lab/instance";
import { SINGLE } from "../../../lab/topologies/single";
import { SCALE } from "../../../lab/topologies/scale";

describe("instance", () => {
  const checkout = mkdtempSync(join(tmpdir(), "homeport-instance-"));

  it("has the same name at each run of a checkout, and another in another checkout", () => {
    expect(instanceOf(checkout, SINGLE).name).toBe(instanceOf(checkout, SINGLE).name);
    expect(defaultName("/home/anna/homeport")).not.toBe(defaultName("/home/anna/homeport2"));
    expect(instanceOf(checkout, SINGLE).name).toMatch(/^hp-[0-9a-f]{6}$/);
  });

  it("has another name in another topology, whichever was chosen, and that one's stack", () => {
    expect(instanceOf(checkout, SCALE).name).toBe(`${instanceOf(checkout, SINGLE).name}-scale`);
    expect(instanceOf(checkout, SCALE, "second")).toMatchObject({ name: "second-scale", stack: "scale" });
    expect(instanceOf(checkout, SINGLE, "second")).toMatchObject({ name: "second", stack: "dev" });
  });

  it("keeps its files in .lab of the checkout", () => {
    const instance = instanceOf(checkout, SINGLE, "second");
    expect(instance.directory).toBe(join(instance.checkout, ".lab", "second"));
  });

  it.each(["", "-x", "A", "../x", "a b", "1lab", "a".repeat(41)])("rejects the name %j", (name) => {
    expect(() => instanceOf(checkout, SINGLE, name)).toThrow(/instance name ".*" cannot be used: expected/s);
  });
});
