/**
 * Time for requests in flight to end, seconds: longer than Gunicorn's graceful timeout (25 s). Unset, the provider kills a container at once, and
 * the value in the old state is the one that counts.
 */
export const GRACE_SECONDS = 30;

/** What every container of ours has in common: no privilege, a read-only disk, bounded memory and logs. */
export function hardened(user: string, memoryMb: number) {
  return {
    user,
    readOnly: true,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
    memory: memoryMb,
    // Without it Docker fills one in, and that is a change at the next `up`.
    memorySwap: memoryMb,
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
  };
}
