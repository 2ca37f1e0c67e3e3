import { provideLab } from "../support/lab";
import { containerTests } from "./containers";
import { adminTests, siteTests } from "./site";
import { visitorAddressTests } from "./visitor-address";

/** Milliseconds. On an empty cache the toolchain is built first. */
const FIRST_LAB = 45 * 60_000;

/** Milliseconds one test may take; every wait inside has a shorter deadline of its own. */
const ONE_TEST = 10 * 60_000;

jest.setTimeout(ONE_TEST);

// The lab is one, and what is done to it has an order: looking comes first, what is broken on purpose later, and at the end all of it is removed
// and made again. So there is one sequence and not a file for each part, which jest would run in an order of its own.
describe("the lab", () => {
  let began = 0;

  beforeAll(provideLab, FIRST_LAB);

  // Jest reports a file when it has ended; a person wants to see how far it is.
  beforeEach(() => {
    began = Date.now();
  });
  afterEach(() => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    process.stderr.write(`${seconds.padStart(7)} s  ${expect.getState().currentTestName ?? ""}\n`);
  });

  describe("the site", siteTests);
  describe("the admin", adminTests);
  describe("the address that Django sees", visitorAddressTests);
  describe("the containers", containerTests);
});
