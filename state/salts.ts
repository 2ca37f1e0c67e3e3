import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { backendDirectory } from "./locks";
import type { Salts } from "./passphrase";

const settingsFile = z.object({ encryptionsalt: z.string().optional() });

const stateFile = z.object({
  checkpoint: z.object({
    latest: z.object({ secrets_providers: z.object({ state: z.object({ salt: z.string() }) }) }),
  }),
});

/** The salts of a stack's settings and of its state; that of the state is known where a file backend keeps it. */
export async function saltsOf(stack: string): Promise<Salts> {
  const [settings, project] = await Promise.all([read(`Pulumi.${stack}.yaml`), read("Pulumi.yaml")]);
  const backend = await backendDirectory().catch(() => undefined);
  const { name } = z.object({ name: z.string() }).catch({ name: "" }).parse(parse(project));
  const kept = backend === undefined ? "" : await read(path.join(backend, ".pulumi", "stacks", name, `${stack}.json`));
  return {
    file: settingsFile.safeParse(parse(settings)).data?.encryptionsalt,
    state:
      kept === ""
        ? undefined
        : stateFile.safeParse(JSON.parse(kept)).data?.checkpoint.latest.secrets_providers.state.salt,
  };
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
