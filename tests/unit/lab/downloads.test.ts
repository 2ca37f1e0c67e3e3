import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { Server, createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Cache } from "../../../lab/cache";
import { Downloads } from "../../../lab/settings";
import { cliUrl, probeDownloads } from "../../../lab/toolchain/downloads";
import { cachedPulumi, providePulumi } from "../../../lab/toolchain/pulumi";
import { PULUMI } from "../../../lab/toolchain/versions";
import { close, listen } from "./loopback";

/** A release archive as the vendor makes them, with a script in place of the program. */
function releaseArchive(script: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "homeport-release-"));
  mkdirSync(join(directory, "pulumi"));
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    writeFileSync(join(directory, "pulumi", name), script);
    chmodSync(join(directory, "pulumi", name), 0o755);
  }
  return execFileSync("tar", ["-C", directory, "-czf", "-", "pulumi"]);
}

describe("downloads", () => {
  const reported: string[] = [];
  const report = (line: string): void => {
    reported.push(line);
  };
  let server: Server;
  let base: string;
  let answers: Record<string, { status: number; body?: Buffer }>;

  beforeEach(async () => {
    answers = {};
    reported.length = 0;
    server = createServer((request, response) => {
      const { status, body } = answers[request.url ?? ""] ?? { status: 403 };
      response.writeHead(status).end(request.method === "HEAD" ? undefined : body);
    });
    base = await listen(server);
  });
  afterEach(() => close(server));

  const downloads = (mode: Downloads["mode"] = "auto"): Downloads => ({
    pulumi: `${base}/releases`,
    registry: base,
    mode,
  });
  const cache = (): Cache => new Cache(mkdtempSync(join(tmpdir(), "homeport-downloads-")));
  const release = `/releases/sdk/pulumi-v${PULUMI}-linux-x64.tar.gz`;

  it("names the vendor's archive for the machine's processor", () => {
    expect(cliUrl(downloads(), "amd64")).toBe(base + release);
    expect(cliUrl(downloads(), "arm64")).toBe(`${base}/releases/sdk/pulumi-v${PULUMI}-linux-arm64.tar.gz`);
  });

  it("finds what answers: a registry also when it wants a token first", async () => {
    answers = { "/v2/": { status: 401 }, [release]: { status: 200 } };
    expect(await probeDownloads(downloads(), "amd64", report)).toEqual({ hub: true, pulumi: true });
  });

  it("takes a refusal, and a server that is not there, for no", async () => {
    expect(await probeDownloads(downloads(), "amd64", report)).toEqual({ hub: false, pulumi: false });
    const nowhere = { pulumi: "http://127.0.0.1:9", registry: "http://127.0.0.1:9", mode: "auto" } as const;
    expect(await probeDownloads(nowhere, "amd64", report)).toEqual({ hub: false, pulumi: false });
  });

  it("does not ask with downloads set to never", async () => {
    answers = { "/v2/": { status: 200 }, [release]: { status: 200 } };
    expect(await probeDownloads(downloads("never"), "amd64", report)).toEqual({ hub: false, pulumi: false });
  });

  it("fails with downloads set to always where nothing answers", async () => {
    await expect(probeDownloads(downloads("always"), "amd64", report)).rejects.toThrow(
      /HOMEPORT_LAB_DOWNLOADS is always, but .* does not answer/,
    );
  });

  it("unpacks the vendor's CLI into the cache, once", async () => {
    answers = { [release]: { status: 200, body: releaseArchive("#!/bin/sh\necho v9.9.9\n") } };
    const entries = cache();
    const available = { hub: false, pulumi: true };
    const directory = await providePulumi(entries, downloads("always"), available, "amd64", report);
    expect(execFileSync(join(directory, "pulumi"), ["version"]).toString()).toBe("v9.9.9\n");
    expect(readFileSync(join(directory, "pulumi-language-nodejs"), "utf8")).toContain("v9.9.9");
    answers = {};
    expect(await providePulumi(entries, downloads("always"), available, "amd64", report)).toBe(directory);
    expect(cachedPulumi(entries, "amd64")).toBe(directory);
  });

  it("rejects an archive whose program does not run, and keeps nothing of it", async () => {
    answers = { [release]: { status: 200, body: releaseArchive("#!/bin/sh\nexit 3\n") } };
    const entries = cache();
    await expect(
      providePulumi(entries, downloads("always"), { hub: true, pulumi: true }, "amd64", report),
    ).rejects.toThrow(/pulumi version/);
    expect(cachedPulumi(entries, "amd64")).toBeUndefined();
  });
});
