import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Cache } from "../../../lab/cache";

describe("cache", () => {
  const make = (): Cache => new Cache(mkdtempSync(join(tmpdir(), "homeport-cache-")));

  it("builds an entry once", async () => {
    const cache = make();
    const build = jest.fn((directory: string) => {
      writeFileSync(join(directory, "program"), "x");
      return Promise.resolve();
    });
    const path = await cache.keep("tool-1.0", build);
    expect(await cache.keep("tool-1.0", build)).toBe(path);
    expect(readdirSync(path)).toEqual(["program"]);
    expect(build).toHaveBeenCalledTimes(1);
  });

  it("has no entry after a build that failed, and begins anew with an empty directory", async () => {
    const cache = make();
    const failing = cache.keep("tool-1.0", (directory) => {
      writeFileSync(join(directory, "half"), "x");
      return Promise.reject(new Error("interrupted"));
    });
    await expect(failing).rejects.toThrow("interrupted");
    expect(cache.has("tool-1.0")).toBe(false);
    const path = await cache.keep("tool-1.0", () => Promise.resolve());
    expect(existsSync(join(path, "half"))).toBe(false);
  });

  it("lets one of two runs build, and the other use it", async () => {
    const cache = make();
    const build = jest.fn(() => new Promise<void>((resolve) => setTimeout(resolve, 100)));
    await Promise.all([cache.keep("tool-1.0", build), new Cache(cache.directory).keep("tool-1.0", build)]);
    expect(build).toHaveBeenCalledTimes(1);
  });
});
