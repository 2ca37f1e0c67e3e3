import { randomBytes } from "node:crypto";

import { BridgedResource } from "../support/bridged";

/** `random.RandomBytes`: its id is the value itself, as in the real plugin. */
export const randomBytesResource = new BridgedResource(
  {
    keepers: { replaces: true },
    length: {
      required: "The number of bytes requested. The minimum value for length is 1.",
      atLeast: 1,
      replaces: true,
    },
    base64: { computed: true, secret: true },
    hex: { computed: true, secret: true },
  },
  {
    create(plan) {
      const bytes = randomBytes(Number(plan.length));
      const base64 = bytes.toString("base64");
      return { id: base64, computed: { base64, hex: bytes.toString("hex") } };
    },
  },
);
