import fc from "fast-check";

import { largerThan } from "../../../components/proxy/upload-limit";

/** Numbers around a limit as often as any. */
const limitAndLength = fc.nat({ max: Number.MAX_SAFE_INTEGER - 100 }).chain((limit) =>
  fc.record({
    limit: fc.constant(limit),
    length: fc.oneof(
      fc.maxSafeNat(),
      fc.integer({ min: Math.max(0, limit - 20), max: limit + 20 }),
      // As long as the limit, with one digit that differs.
      fc
        .record({ at: fc.nat({ max: String(limit).length - 1 }), digit: fc.nat({ max: 9 }) })
        .map(({ at, digit }) =>
          Number(`${String(limit).slice(0, at)}${digit}${String(limit).slice(at + 1)}`.slice(0, 15)),
        ),
    ),
    zeros: fc.nat({ max: 3 }),
  }),
);

test("a length matches where it is larger than the limit, however many zeros it begins with", () => {
  fc.assert(
    fc.property(limitAndLength, ({ limit, length, zeros }) => {
      expect(new RegExp(largerThan(limit)).test("0".repeat(zeros) + String(length))).toBe(length > limit);
    }),
    { numRuns: 2000 },
  );
});

test("what is no number does not match", () => {
  fc.assert(
    fc.property(fc.nat(), fc.stringMatching(/^[^0-9]{1,8}$/), fc.nat(), (limit, text, number) => {
      for (const one of [text, `${number}${text}`, `${text}${number}`])
        expect(new RegExp(largerThan(limit)).test(one)).toBe(false);
    }),
  );
});
