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

/** Marks what a stack has made on an engine, so that it can be told from what others made, and found where no state knows it. */
export function ownerLabel(owner: string): { readonly label: string; readonly value: string } {
  return { label: "homeport.owner", value: owner };
}
