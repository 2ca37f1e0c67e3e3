import { existsSync } from "node:fs";

import { LabError } from "../errors";
import { Tell, asRoot, installPackages } from "../packages";
import { succeeds } from "../process";

/** Where the kernel lists the foreign formats it can run, and the one for 32-bit ARM. */
const FORMATS = "/proc/sys/fs/binfmt_misc";
const ARM = `${FORMATS}/qemu-arm`;

/** Debian's description of that format. Its flag F opens the emulator at once, so that it also serves in containers within containers. */
const DESCRIPTION = "/usr/lib/binfmt.d/qemu-arm.conf";

/** Lets this machine's kernel run programs for a Raspberry Pi (32-bit ARM) by emulation. An engine on ARM is taken to run them by itself. */
export async function provideEmulation(architecture: string, tell: Tell): Promise<void> {
  if (architecture.startsWith("arm") || existsSync(ARM)) {
    return;
  }
  await installPackages(["qemu-user-static"], tell);
  if (!existsSync(`${FORMATS}/register`)) {
    await asRoot(["mount", "-t", "binfmt_misc", "binfmt_misc", FORMATS], "mount binfmt_misc yourself", tell);
  }
  if (!existsSync(ARM)) {
    tell("registering the emulation of 32-bit ARM with the kernel");
    await register();
  }
  if (!existsSync(ARM)) {
    throw new LabError(
      `this kernel does not take the emulation of 32-bit ARM (${ARM} is missing): the lab needs a kernel with binfmt_misc`,
    );
  }
}

async function register(): Promise<void> {
  if (existsSync("/run/systemd/system") && (await succeeds("systemctl", ["restart", "systemd-binfmt.service"]))) {
    return;
  }
  await asRoot(["sh", "-c", `grep '^:' ${DESCRIPTION} > ${FORMATS}/register`], `write ${DESCRIPTION} to it yourself`);
}
