import { recovers, suffer } from "../support/bad-luck";
import { BAD_DEPLOYS } from "./bad-deploys";
import { BAD_MACHINES } from "./bad-machines";
import { BAD_RECORDS } from "./bad-records";
import { BAD_SETTINGS } from "./bad-settings";

/** Bad input and bad luck that is told before anything is changed: a clear error, and nothing to do for the next `up`. */
export function badLuckTests(): void {
  it.each([...BAD_SETTINGS, ...BAD_MACHINES, ...BAD_RECORDS])("$name", suffer);

  it("leaves nothing to do for the next up", () => recovers([]));
}

/** What comes to light in the middle of a deploy: a clear error, nothing lost, and the next good `up` mends it. */
export function badDeployTests(): void {
  it.each(BAD_DEPLOYS)("$name, mended by the next up", async (row) => {
    await suffer(row);
    await recovers(row.touches);
  });
}
