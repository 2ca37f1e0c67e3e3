import { existsSync } from "node:fs";

import { UserError } from "../../lib/errors";
import { asRoot, installPackages } from "./apt";
import { Report } from "../progress";
import { Platform, PLATFORMS } from "../platform";
import { succeeds } from "../process";

/** Where the kernel lists the foreign formats it can run. */
const FORMATS = "/proc/sys/fs/binfmt_misc";

/** Where Debian describes them. Their flag F opens the emulator at once, so that it also serves in containers within containers. */
const DESCRIPTIONS = "/usr/lib/binfmt.d";

/** Lets this machine's kernel run programs for a platform by emulation. An engine on ARM is taken to run all of ARM by itself. */
export async function provideEmulation(architecture: string, platform: Platform, report: Report): Promise<void> {
  const { image, format } = PLATFORMS[platform];
  const own = architecture === image.architecture || (architecture.startsWith("arm") && image.architecture === "arm");
  const registered = `${FORMATS}/${format}`;
  if (own || existsSync(registered)) {
    return;
  }
  await installPackages(["qemu-user-static"], report);
  if (!existsSync(`${FORMATS}/register`)) {
    await asRoot(["mount", "-t", "binfmt_misc", "binfmt_misc", FORMATS], "mount binfmt_misc yourself", report);
  }
  if (!existsSync(registered)) {
    report(`registering the emulation of ${platform} with the kernel`);
    await register(`${DESCRIPTIONS}/${format}.conf`);
  }
  if (!existsSync(registered)) {
    throw new UserError(
      `this kernel does not take the emulation of ${platform} (${registered} is missing): the lab needs a kernel with binfmt_misc`,
    );
  }
}

async function register(description: string): Promise<void> {
  if (existsSync("/run/systemd/system") && (await succeeds("systemctl", ["restart", "systemd-binfmt.service"]))) {
    return;
  }
  await asRoot(["sh", "-c", `grep '^:' ${description} > ${FORMATS}/register`], `write ${description} to it yourself`);
}
