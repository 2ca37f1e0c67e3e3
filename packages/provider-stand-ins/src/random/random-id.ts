import { randomBytes } from "node:crypto";

import { BridgedResource } from "../support/bridged";
import { asText } from "../support/values";

/** `random.RandomId`: `prefix` stands before every output form and not before the id. */
export const randomIdResource = new BridgedResource(
  {
    keepers: { replaces: true },
    byteLength: {
      required:
        "The number of random bytes to produce. The minimum value is 1, which produces eight bits of randomness.",
      atLeast: 1,
      replaces: true,
    },
    prefix: { replaces: true },
    id: { computed: true },
    b64Std: { computed: true },
    b64Url: { computed: true },
    dec: { computed: true },
    hex: { computed: true },
  },
  {
    create(plan) {
      const bytes = randomBytes(Number(plan.byteLength));
      const prefix = asText(plan.prefix);
      const id = bytes.toString("base64url");
      const hex = bytes.toString("hex");
      const computed = {
        id,
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + id,
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      };
      return { id, computed };
    },
  },
);
