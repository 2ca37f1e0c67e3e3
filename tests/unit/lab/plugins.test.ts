import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Cache } from "../../../lab/cache";
import { Instance } from "../../../lab/instance";
import { PROVIDERS, providePlugins, wantedPlugins } from "../../../lab/toolchain/plugins";

const CHECKOUT = join(__dirname, "..", "..", "..");
const NOWHERE = { pulumi: "http://127.0.0.1:9", registry: "http://127.0.0.1:9", mode: "auto" } as const;

// A plugin starts in each, on a machine that may be busy.
jest.setTimeout(30_000);

/** What a plugin writes first, to the engine: its port. */
async function firstLine(program: string): Promise<string> {
  const plugin = spawn(program, [], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [data] = (await once(plugin.stdout, "data")) as [Buffer];
    return data.toString().trim();
  } finally {
    plugin.kill();
  }
}

describe("provider plugins", () => {
  let instance: Instance;
  let directory: string;

  beforeEach(() => {
    const state = mkdtempSync(join(tmpdir(), "homeport-plugins-"));
    instance = { name: "test", checkout: CHECKOUT, directory: state, stack: "dev" };
    directory = join(state, "pulumi-home", "plugins");
  });

  const provide = (pulumi = false): Promise<string[]> =>
    providePlugins(
      instance,
      new Cache(instance.directory),
      NOWHERE,
      { hub: false, pulumi },
      "/nowhere",
      () => undefined,
    );

  it("are wanted in the versions of the npm packages", async () => {
    const wanted = await wantedPlugins(CHECKOUT);
    expect(wanted.map((plugin) => plugin.name)).toEqual([...PROVIDERS]);
    expect(wanted.every((plugin) => /^\d+\.\d+\.\d+$/.test(plugin.version))).toBe(true);
  });

  it("are this checkout's stand-ins where none can be downloaded", async () => {
    expect(await provide()).toEqual([...PROVIDERS]);
    for (const { name, version } of await wantedPlugins(CHECKOUT)) {
      const launcher = join(directory, `resource-${name}-v${version}`, `pulumi-resource-${name}`);
      expect(await firstLine(launcher)).toMatch(/^\d+$/);
      expect(statSync(launcher).mode & 0o111).toBe(0o111);
    }
  });

  it("are stand-ins also where a download fails half way", async () => {
    expect(await provide(true)).toEqual([...PROVIDERS]);
  });

  it("stay as they are when somebody has put the real ones there", async () => {
    const [first] = await wantedPlugins(CHECKOUT);
    const target = join(directory, `resource-${first?.name ?? ""}-v${first?.version ?? ""}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "pulumi-resource"), "real");
    expect(await provide()).toEqual(PROVIDERS.slice(1));
    expect(readFileSync(join(target, "pulumi-resource"), "utf8")).toBe("real");
  });

  it("of an older version go when they are stand-ins", async () => {
    mkdirSync(join(directory, "resource-tls-v5.0.0"), { recursive: true });
    writeFileSync(join(directory, "resource-tls-v5.0.0", "STAND-IN"), "");
    mkdirSync(join(directory, "resource-aws-v6.0.0"));
    await provide();
    expect(existsSync(join(directory, "resource-tls-v5.0.0"))).toBe(false);
    expect(existsSync(join(directory, "resource-aws-v6.0.0"))).toBe(true);
  });
});
