import { z } from "zod";

import { formed } from "./values";

/** Updates that the machines install by themselves. */
export const updates = z
  .strictObject({
    security: z.boolean().default(true),
    rebootAt: formed(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 04:30, of the machines' own clock").optional(),
  })
  .prefault({});
