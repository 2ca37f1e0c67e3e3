/** How many instances of a process a server runs: `instances` of them over all servers, the first servers first; one on each where they are not counted. */
export function instancesOn(index: number, servers: number, instances: number | undefined): number {
  if (instances === undefined) return 1;
  return Math.floor(instances / servers) + (index < instances % servers ? 1 : 0);
}
