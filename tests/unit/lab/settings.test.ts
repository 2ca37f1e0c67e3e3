import { homedir } from "node:os";
import { join } from "node:path";

import { cacheDirectory, labSettings } from "../../../lab/settings";

const CHECKOUT = join(__dirname, "..", "..", "..");

describe("lab settings", () => {
  it("takes the command line before the environment, and the environment before the default", () => {
    const env = { HOMEPORT_LAB_INSTANCE: "from-env", HOMEPORT_LAB_HOME: "10.20.30.0/24" };
    const settings = labSettings(CHECKOUT, { instance: "from-option" }, env);
    expect(settings.instance.name).toBe("from-option");
    expect(settings.addresses.home).toBe("10.20.30.0/24");
    expect(settings.addresses.internet).toBe("198.51.100.0/24");
  });

  it("takes an empty variable as not set", () => {
    const { instance, downloads } = labSettings(
      CHECKOUT,
      {},
      { HOMEPORT_LAB_INSTANCE: "", HOMEPORT_LAB_PULUMI_URL: "" },
    );
    expect(instance.name).toMatch(/^hp-/);
    expect(downloads.pulumi).toBe("https://get.pulumi.com/releases");
  });

  it("takes a topology that the lab knows, and no other", () => {
    expect(labSettings(CHECKOUT, {}, {}).topology.name).toBe("single");
    const { topology, instance } = labSettings(CHECKOUT, { topology: "scale" }, { HOMEPORT_LAB_TOPOLOGY: "single" });
    expect([topology.name, instance.stack]).toEqual(["scale", "scale"]);
    expect(() => labSettings(CHECKOUT, {}, { HOMEPORT_LAB_TOPOLOGY: "two" })).toThrow(/expected single or scale/);
  });

  it("puts the Raspberry Pi, and no other server, on a platform that it knows", () => {
    const platforms = (env: Record<string, string>): string[] =>
      labSettings(CHECKOUT, { topology: "scale" }, env).topology.servers.map(({ platform }) => platform);
    expect(platforms({})).toEqual(["linux/amd64", "linux/amd64", "linux/amd64"]);
    expect(platforms({ HOMEPORT_LAB_PLATFORM: "linux/arm/v7" })).toEqual([
      "linux/arm/v7",
      "linux/amd64",
      "linux/amd64",
    ]);
    expect(() => labSettings(CHECKOUT, {}, { HOMEPORT_LAB_PLATFORM: "armhf" })).toThrow(
      /expected one of linux\/arm\/v7/,
    );
  });

  it("takes a release that the lab knows, and no other", () => {
    expect(labSettings(CHECKOUT, {}, {}).release).toBe("bookworm");
    expect(labSettings(CHECKOUT, { release: "trixie" }, { HOMEPORT_LAB_RELEASE: "bookworm" }).release).toBe("trixie");
    expect(() => labSettings(CHECKOUT, {}, { HOMEPORT_LAB_RELEASE: "sid" })).toThrow(/expected bookworm or trixie/);
  });

  it("keeps the cache out of the checkout", () => {
    expect(cacheDirectory({})).toBe(join(homedir(), ".cache", "homeport-lab"));
    expect(cacheDirectory({ XDG_CACHE_HOME: "/var/cache/anna" })).toBe("/var/cache/anna/homeport-lab");
    expect(cacheDirectory({ HOMEPORT_LAB_CACHE: "/big/lab" })).toBe("/big/lab");
  });

  it("rejects a download mode that does not exist", () => {
    expect(() => labSettings(CHECKOUT, {}, { HOMEPORT_LAB_DOWNLOADS: "no" })).toThrow(/expected auto, always or never/);
  });
});
