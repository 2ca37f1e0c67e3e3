import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { Engine } from "../engine/engine";
import { quote } from "../../lib/quote";
import { Instance } from "../instance";

/**
 * The passphrase of the lab's stacks. It is the same in every lab and no secret: their settings, which are committed, have the salt that belongs
 * to it, so that starting a lab does not change a committed file. What protects a lab's state is the mode of its directory.
 */
const PASSPHRASE = "homeport-lab";

/** A token in the form of Cloudflare's; the lab's API takes any of that form. */
const CLOUDFLARE_TOKEN = "homeport-lab-token-0123456789-0123456789";

/** The variables with which Pulumi works on this lab, and on nothing else of the user's. */
export function pulumiEnvironment(
  instance: Instance,
  engine: Pick<Engine, "host">,
  cli: string,
): Record<string, string> {
  return {
    PATH: [cli, process.env["PATH"] ?? ""].join(delimiter),
    PULUMI_HOME: join(instance.directory, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(instance.directory, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(instance.directory, "passphrase"),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: join(__dirname, "..", "toolchain", "language-host", "run.js"),
    CLOUDFLARE_API_TOKEN: CLOUDFLARE_TOKEN,
    ...(engine.host === undefined ? {} : { DOCKER_HOST: engine.host }),
  };
}

/** Writes the environment as `.lab/INSTANCE/env`, for `. .lab/INSTANCE/env` in a shell, and what it points at. Gives its path. */
export async function writeEnvironment(
  instance: Instance,
  variables: Readonly<Record<string, string>>,
  cli: string,
): Promise<string> {
  await mkdir(join(instance.directory, "backend"), { recursive: true });
  await mkdir(join(instance.directory, "pulumi-home"), { recursive: true });
  await writeFile(join(instance.directory, "passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 });
  const path = join(instance.directory, "env");
  const lines = Object.entries(variables).map(([name, value]) =>
    name === "PATH" ? `export PATH=${quote(cli)}:"$PATH"` : `export ${name}=${quote(value)}`,
  );
  const header = `# Written by \`npm run lab\`. In a shell: . this file, then pulumi preview, pulumi up, ... --stack ${instance.stack}`;
  await writeFile(path, [header, ...lines, ""].join("\n"), { mode: 0o600 });
  await chmod(path, 0o600);
  return path;
}
