import { build } from "esbuild";

/** The Node release of the lab's hosts (Debian bookworm's), the oldest that runs a bundle. */
const NODE = "node18";

/** Bundles a program of the lab into one file: for a host that has neither TypeScript nor packages, or because it starts in a quarter of the time. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: NODE,
    // ssh2 does without it.
    external: ["cpu-features"],
    loader: { ".node": "empty" },
    outfile,
    logLevel: "silent",
  });
}
