import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Instance } from "../instance";
import { run } from "../process";

/** A key pair of ssh-keygen on disk. */
export interface KeyFile {
  /** The private key's path; its mode is 0600. */
  readonly path: string;
  /** `ssh-ed25519 AAAA...`, without a comment. */
  readonly publicKey: string;
}

/** The key the operator logs in with. */
export async function operatorKey(instance: Instance): Promise<KeyFile> {
  return provideKey(join(instance.directory, "ssh", "id_ed25519"));
}

/** A host's own key. It outlives the host's container, as the stack has it pinned. */
export async function hostKey(instance: Instance, host: string): Promise<KeyFile> {
  return provideKey(join(instance.directory, "ssh", "hosts", host, "ssh_host_ed25519_key"));
}

/** Makes a key pair unless it is there. */
async function provideKey(path: string): Promise<KeyFile> {
  if (!existsSync(path)) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const unfinished = `${path}.new`;
    await rm(unfinished, { force: true });
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "homeport-lab", "-f", unfinished]);
    await rename(`${unfinished}.pub`, `${path}.pub`);
    await rename(unfinished, path);
  }
  const [type = "", key = ""] = (await readFile(`${path}.pub`, "utf8")).split(" ");
  return { path, publicKey: `${type} ${key}` };
}
