import { Facts } from "./facts";

/** Free megabytes of a host that serves below which it is time to act: an image no longer fits, and soon nothing can be written. */
const SCARCE_MEGABYTES = 500;

/**
 * Megabytes of memory beside what the containers that serve use, for the release and what programs read. With containers of 147 MB and a proxy of 60, a
 * deploy within 384 MB thrashed for 250 s, and one within 512 took 34 s (tried).
 */
const DEPLOY_MEGABYTES = 64;

/** Megabytes for a first deploy: of Docker 150, of the proxy 60, of the example's container 150, and as above. */
const FIRST_MEGABYTES = 424;

/**
 * Megabytes that must be free. On a new server: Docker's package (400), the image of Traefik (180), and the application's, twice while it is replaced. On
 * a deployed host: what an image needs while it is unpacked.
 */
const FREE_MEGABYTES = {
  edge: { first: 256, later: 20 },
  // Like a server, without the application.
  proxy: { first: 1024, later: 100 },
  server: { first: 2048, later: 200 },
} as const;

/** `edge`: forwards packets. `proxy`: an edge where TLS ends, in Docker. `server`: runs the application. */
export type Role = keyof typeof FREE_MEGABYTES;

/** Too little room for a deploy. */
export function space({ free, deployed, dockerData }: Facts, { role }: { readonly role: Role }): string[] {
  const needed = FREE_MEGABYTES[role][deployed ? "later" : "first"];
  return free
    .filter(({ path }) => path === (role === "edge" ? "/" : dockerData))
    .filter(({ megabytes }) => megabytes < needed)
    .map(
      ({ megabytes, path }) =>
        `it has only ${megabytes} MB free at ${path} and needs ${needed}: free some space` +
        (role !== "edge" && deployed ? " (docker image prune --all removes the images that no container uses)" : ""),
    );
}

/** Room on a deployed host that soon is used up. */
export function littleSpace({ free, deployed }: Facts): string[] {
  if (!deployed) return [];
  return free
    .filter(({ megabytes }) => megabytes < SCARCE_MEGABYTES)
    .map(
      ({ megabytes, path }) =>
        `only ${megabytes} MB are free at ${path}: remove what is not needed, such as images that no container uses (docker image prune --all)`,
    );
}

/** Too little memory for a deploy. */
export function littleMemory({ deployed, memory }: Facts, { role }: { readonly role: Role }): string[] {
  if (role !== "server" || memory === undefined) return [];
  const { total, available, serving } = memory;
  const needed = deployed ? serving + DEPLOY_MEGABYTES : FIRST_MEGABYTES;
  if (available >= needed || (deployed && serving === 0)) return [];
  return [
    `it has ${available} of ${total} MB of memory left, and ${deployed ? `a deploy starts new containers beside the old ones, which use ${serving} MB` : "Docker, the proxy and the application"} need about ${needed}: it would slow down until nobody gets an answer. Stop what is not needed there, start fewer workers, or add swap or memory`,
  ];
}
