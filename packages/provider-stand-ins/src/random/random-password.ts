import { randomInt } from "node:crypto";

import { BridgedResource } from "../support/bridged";
import type { PropertyMap } from "../support/values";

/** Cost of the hash beside the password (golang.org/x/crypto/bcrypt's default). */
const BCRYPT_COST = 10;
/** bcrypt reads no further than this many bytes; the real plugin hashes just these. */
const BCRYPT_BYTES = 72;

/** The special characters if the program names none (the real plugin's list). */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** `random.RandomPassword`: id "none"; every input change replaces it. */
export const randomPasswordResource = new BridgedResource(
  {
    keepers: { replaces: true },
    length: {
      required:
        "The length of the string desired. The minimum value for length is 1 and, length must also be >= " +
        "(`min_upper` + `min_lower` + `min_numeric` + `min_special`).",
      atLeast: 1,
      replaces: true,
    },
    lower: { default: true, replaces: true },
    minLower: { default: 0, replaces: true },
    minNumeric: { default: 0, replaces: true },
    minSpecial: { default: 0, replaces: true },
    minUpper: { default: 0, replaces: true },
    number: { default: true, replaces: true },
    numeric: { default: true, replaces: true },
    overrideSpecial: { replaces: true },
    special: { default: true, replaces: true },
    upper: { default: true, replaces: true },
    id: { computed: true },
    bcryptHash: { computed: true, secret: true },
    result: { computed: true, secret: true },
  },
  {
    // `number` is the old name of `numeric`: whichever is false decides for both.
    adjust(plan) {
      const numeric = plan.number !== false && plan.numeric !== false;
      return { ...plan, number: numeric, numeric };
    },
    async create(plan) {
      const result = generate(plan);
      // Loaded lazily: the other resources of this plugin do not need it.
      const { hash } = await import("bcryptjs");
      const modern = await hash(Buffer.from(result).subarray(0, BCRYPT_BYTES).toString(), BCRYPT_COST);
      // The same hash under the name that Go's bcrypt writes.
      const bcryptHash = modern.replace(/^\$2b\$/, "$2a$");
      return { id: "none", computed: { id: "none", bcryptHash, result } };
    },
  },
  3,
);

/** A password with at least the wanted number of each kind, the rest from all kinds that are on, in random order. */
function generate(plan: PropertyMap): string {
  const special = typeof plan.overrideSpecial === "string" ? plan.overrideSpecial : SPECIAL;
  const kinds = [
    { on: plan.lower, least: plan.minLower, letters: "abcdefghijklmnopqrstuvwxyz" },
    { on: plan.upper, least: plan.minUpper, letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { on: plan.numeric, least: plan.minNumeric, letters: "0123456789" },
    { on: plan.special, least: plan.minSpecial, letters: special },
  ];
  const all = kinds
    .filter(({ on }) => on === true)
    .map(({ letters }) => letters)
    .join("");
  if (all === "") throw new Error("At least one of lower, upper, numeric and special must be true");
  const picked = kinds.flatMap(({ least, letters }) => pick(letters, Number(least)));
  return shuffle([...picked, ...pick(all, Number(plan.length) - picked.length)]).join("");
}

function pick(letters: string, count: number): string[] {
  return Array.from({ length: Math.max(0, count) }, () => letters.charAt(randomInt(letters.length)));
}

function shuffle(letters: string[]): string[] {
  const shuffled: string[] = [];
  for (const letter of letters) shuffled.splice(randomInt(shuffled.length + 1), 0, letter);
  return shuffled;
}
