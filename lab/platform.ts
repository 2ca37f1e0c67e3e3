/** A platform that the program deploys to. */
export type Platform = "linux/arm/v7" | "linux/arm64" | "linux/amd64";

/** The same platform in the words of the tools that the lab uses. */
export interface PlatformWords {
  /** An image's configuration. */
  readonly image: { readonly architecture: string; readonly variant?: string };
  /** Debian's. */
  readonly debian: string;
  /** The kernel's list of foreign formats, and Debian's description of it. */
  readonly format: string;
}

/** Each platform in those words. */
export const PLATFORMS: Readonly<Record<Platform, PlatformWords>> = {
  "linux/arm/v7": { image: { architecture: "arm", variant: "v7" }, debian: "armhf", format: "qemu-arm" },
  "linux/arm64": { image: { architecture: "arm64" }, debian: "arm64", format: "qemu-aarch64" },
  "linux/amd64": { image: { architecture: "amd64" }, debian: "amd64", format: "qemu-x86_64" },
};

/**
 * The default platform of the lab's Raspberry Pi: most machines run it without emulation, which makes each start of the site several times
 * as long.
 */
export const PI_PLATFORM: Platform = "linux/amd64";
