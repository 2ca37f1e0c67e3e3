import { join } from "node:path";

import { build } from "esbuild";

/** The Node release of the host that runs it (Debian bookworm's). */
const NODE = "node18";

/** Bundles the DNS provider's API server into one file for the `dns` host, which has Node but neither TypeScript nor packages. */
export async function bundleCloudflareApi(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(__dirname, "..", "cloudflare-api", "main.ts")],
    bundle: true,
    platform: "node",
    target: NODE,
    outfile,
    logLevel: "silent",
  });
}
