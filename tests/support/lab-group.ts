import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { labSettings } from "../../lab/settings";
import { CHECKOUT, provideLab, theLab } from "./lab";
import { siteIsBack } from "./lab-site";

/** Milliseconds. On an empty cache the toolchain is built first. */
const FIRST_LAB = 60 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
const ONE_TEST = 15 * 60_000;

/** Which run of the tests this is; none where jest was called by hand. */
const RUN = process.env["HOMEPORT_TEST_RUN"] ?? "";

/** Whether this run has brought the lab up before its first group. */
const IS_UP = process.env["HOMEPORT_TEST_LAB_UP"] === "yes";

/** The content of the proof while a group of this run changes something. */
const CHANGING = `${RUN} changing`;

/** Tests that change nothing. They begin with a lab that is up and in the state that its settings declare. */
export function looking(name: string, tests: () => void): void {
  jest.setTimeout(ONE_TEST);
  beforeAll(provideDeclaredLab, FIRST_LAB);
  describe(name, tests);
}

/** Tests that change the lab. They begin with the same, and prove at their end that they have left it so. */
export function changing(name: string, tests: () => void): void {
  jest.setTimeout(ONE_TEST);
  beforeAll(async () => {
    await provideDeclaredLab();
    await writeFile(proof(), CHANGING);
  }, FIRST_LAB);
  describe(name, tests);
  // After the hooks of the group itself.
  describe(name, () => {
    it("leaves the lab as it found it", async () => {
      const lab = await theLab();
      expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
      await siteIsBack(lab);
      await writeFile(proof(), RUN);
    });
  });
}

/** Where a group writes that it has left the lab in the declared state, for the next of the same run. There may be no lab yet. */
function proof(): string {
  return join(labSettings(CHECKOUT, {}, process.env).instance.directory, "lab-tests.declared");
}

/** The previous group of this run may have proven the state; otherwise `npm run lab` brings it about. */
async function provideDeclaredLab(): Promise<void> {
  if (await isDeclared()) return;
  await provideLab();
  await writeFile(proof(), RUN);
}

async function isDeclared(): Promise<boolean> {
  if (RUN === "") return false;
  const written = await readFile(proof(), "utf8").catch(() => "");
  return written === RUN || (IS_UP && written !== CHANGING);
}
