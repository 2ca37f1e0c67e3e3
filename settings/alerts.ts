import { z } from "zod";

import { formed, wholeNumber } from "./values";

/** When an alert is sent, and of what. Who gets it are the secrets `alertUrls` and `alertHeartbeat`. */
export const alerts = z
  .strictObject({
    quietHours: formed(
      /^([01]?\d|2[0-3])-([01]?\d|2[0-3])$/,
      "hours such as 22-7, of the machines' own clock",
    ).optional(),
    slowSeconds: wholeNumber(1, 20).default(5),
  })
  .prefault({});
