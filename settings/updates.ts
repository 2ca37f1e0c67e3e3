import { z } from "zod";

import { timeOfDay } from "./values";

/** Updates that the machines install by themselves. */
export const updates = z
  .strictObject({
    security: z.boolean().default(true),
    rebootAt: timeOfDay("04:30, of the machines' own clock").optional(),
  })
  .prefault({});
