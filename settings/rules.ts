import { z } from "zod";

/** Reports that a value cannot be, with its path and a sentence. */
export type Refuse = (path: (string | number)[], message: string) => void;

/**
 * A rule about several settings. It is asked wherever those have values of the right kind, whatever is wrong elsewhere, so that all faults are reported at once.
 * `reads`: the settings that it looks at.
 */
export function rule<T extends object>(
  reads: readonly (keyof T & string)[],
  ask: (settings: T, refuse: Refuse) => void,
): z.core.$ZodCheck<T> {
  return z.superRefine<T>(
    (all, context) => {
      ask(all, (path, message) => {
        context.addIssue({ code: "custom", path, message });
      });
    },
    {
      when: ({ issues }) =>
        !issues.some((issue) => reads.some((key) => key === issue.path?.[0]) && issue.continue !== true),
    },
  );
}
