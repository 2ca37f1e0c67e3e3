import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultName, instanceOf } from "../../../lab/instance";

describe("instance", () => {
  const checkout = mkdtempSync(join(tmpdir(), "homeport-instance-"));

  it("has the same name at each run of a checkout, and another in another checkout", () => {
    expect(instanceOf(checkout).name).toBe(instanceOf(checkout).name);
    expect(defaultName("/home/anna/homeport")).not.toBe(defaultName("/home/anna/homeport2"));
    expect(instanceOf(checkout).name).toMatch(/^hp-[0-9a-f]{6}$/);
  });

  it("keeps its files in .lab of the checkout", () => {
    const instance = instanceOf(checkout, "second");
    expect(instance.directory).toBe(join(instance.checkout, ".lab", "second"));
  });

  it.each(["", "-x", "A", "../x", "a b", "1lab", "a".repeat(41)])("rejects the name %j", (name) => {
    expect(() => instanceOf(checkout, name)).toThrow(/instance name ".*" cannot be used: expected/s);
  });
});
