import { z } from "zod";

import { Refuse } from "./rules";
import { formed, timeOfDay, wholeNumber } from "./values";

/** What is saved where, and for how long. Logins are the secret `backupEnvironment`; the key of the repository is generated, or `backupKey`. */
export const backup = z
  .strictObject({
    repository: formed(
      /^(\/|(sftp|s3|rest|b2|azure|gs|swift):)\S+$/,
      "a folder such as /mnt/disk/site, or sftp:USER@HOST:/PATH, s3:https://HOST/BUCKET or rest:https://HOST/PATH",
    ).optional(),
    at: timeOfDay("03:30, of the machine's own clock").default("03:30"),
    keep: z
      .strictObject({
        daily: wholeNumber(1, 365).default(7),
        weekly: wholeNumber(0, 520).default(4),
        monthly: wholeNumber(0, 120).default(12),
      })
      .prefault({}),
    restore: formed(/^(latest|[0-9a-f]{8,64})$/, "latest, or the id of a backup such as 1a2b3c4d").optional(),
  })
  .prefault({});

/** Refuses a login in plain text, and what needs a repository where there is none. */
export function refuseBackup({ backup: given }: { readonly backup: z.output<typeof backup> }, refuse: Refuse): void {
  const { repository, restore } = given;
  if (/\/\/[^/@]*:[^/@]*@/.test(repository ?? ""))
    refuse(
      ["backup", "repository"],
      "has a password in plain text: change it, then set the whole address with 'pulumi config set --secret backupEnvironment RESTIC_REPOSITORY=ADDRESS', and the address without the password here",
    );
  if (restore !== undefined && repository === undefined)
    refuse(["backup", "restore"], "needs backup.repository: where the backup is");
}
