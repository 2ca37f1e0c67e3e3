import { build } from "esbuild";

/** The Node release of the lab's hosts (Debian bookworm's). */
const NODE = "node18";

/** Bundles a program of the lab into one file, for a host that has Node but neither TypeScript nor packages. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: NODE,
    outfile,
    logLevel: "silent",
  });
}
