/** Why a workstation's engine cannot run a platform's programs, or may not for long. */
export interface EmulationFault {
  /** False: it can until the next restart. */
  readonly fatal: boolean;
  readonly text: string;
}

/** What a kernel needs to run a platform's programs. */
interface Processor {
  /** As Docker names it. */
  readonly architecture: string;
  /** Architectures that run it by themselves. */
  readonly native: readonly string[];
  /** The name that QEMU's formats have. */
  readonly format: string;
}

const PROCESSORS: Readonly<Record<string, Processor>> = {
  "linux/arm/v7": { architecture: "arm", native: ["arm", "arm64"], format: "qemu-arm" },
  "linux/arm64": { architecture: "arm64", native: ["arm64"], format: "qemu-aarch64" },
  "linux/amd64": { architecture: "amd64", native: ["amd64"], format: "qemu-x86_64" },
};

const REMEDY =
  "'sudo apt-get install qemu-user-static' (Debian 13 and newer: qemu-user-binfmt) registers it, and again at every start";

/**
 * Whether an engine of this kernel can build for a platform; `engine`: its own one; `formats`: what /proc/sys/fs/binfmt_misc has, by name; `exists`: whether a
 * file is here. Only with the flag F is the emulator opened at registration and found from within a container (kernel, admin-guide/binfmt-misc.rst).
 */
export function emulationFault(
  platform: string,
  engine: string,
  formats: Readonly<Record<string, string>>,
  exists: (file: string) => boolean,
): EmulationFault | undefined {
  const processor = PROCESSORS[platform];
  const own = engine.split("/")[1] ?? "";
  if (processor === undefined || own === "" || processor.native.includes(own)) return undefined;
  const cannot = `app.context: this workstation (${engine}) cannot run programs for ${platform}, so it cannot build the image`;
  const format = formats[processor.format];
  if (format === undefined || !format.startsWith("enabled"))
    return { fatal: true, text: `${cannot}: its kernel has no emulation for them: ${REMEDY}` };
  const flags = /^flags: (\w*)$/m.exec(format)?.[1] ?? "";
  if (!flags.includes("F"))
    return {
      fatal: true,
      text: `${cannot}: its emulation is registered without the flag F, so containers do not find it: ${REMEDY}`,
    };
  const interpreter = /^interpreter (\S+)$/m.exec(format)?.[1] ?? "";
  return exists(interpreter)
    ? undefined
    : {
        fatal: false,
        text: `the emulation of ${platform} on this workstation was registered by a container and is gone after a restart: ${REMEDY}`,
      };
}
