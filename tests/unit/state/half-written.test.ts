import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { Cache } from "../../../lab/cache";
import { cacheDirectory } from "../../../lab/settings";
import { cachedPulumi } from "../../../lab/toolchain/pulumi";
import { pulumi, readByCli } from "../../../state";
import { temporaryDirectory } from "../../support/directory";
import { describeWhere } from "../../support/tools";

/** Go's name for this machine's processor. */
const ARCHITECTURE = process.arch === "x64" ? "amd64" : process.arch;

/** Milliseconds that a write lasts here: longer than it takes the CLI to start and read. */
const WRITE = 3000;

const CLI_TIMEOUT = 120_000;

const EMPTY = /failed to load checkpoint: EOF/;

const directory = temporaryDirectory();
const cli = cachedPulumi(new Cache(cacheDirectory(process.env)), ARCHITECTURE);
const before = process.env;
const missing = cli === undefined ? "there is no Pulumi CLI in the lab's cache yet (npm run lab)" : undefined;

describeWhere("a real Pulumi CLI that reads while its file backend is written", missing, () => {
  const attributes = path.join(directory, ".pulumi/stacks/homeport/dev.json.attrs");
  let whole: string;

  beforeAll(async () => {
    process.env = {
      ...before,
      PATH: `${cli ?? ""}:${before["PATH"] ?? ""}`,
      PULUMI_HOME: path.join(directory, "home"),
      PULUMI_BACKEND_URL: `file://${directory}`,
      PULUMI_CONFIG_PASSPHRASE: "of-a-test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    writeFileSync(path.join(directory, "Pulumi.yaml"), "name: homeport\nruntime: nodejs\n");
    await pulumi(["stack", "init", "dev"], { cwd: directory });
    whole = readFileSync(attributes, "utf8");
  }, CLI_TIMEOUT);
  afterAll(() => {
    process.env = before;
  });

  /** Writes as gocloud.dev does, which truncates the file first; in slow motion. */
  async function writeSlowly(): Promise<void> {
    writeFileSync(attributes, "");
    await pause(WRITE);
    writeFileSync(attributes, whole);
  }

  const read = (args: readonly string[]) => readByCli("dev", args, { cwd: directory });

  test(
    "meets an empty file, which is the fault that is read again",
    async () => {
      writeFileSync(attributes, "");
      await expect(pulumi(["stack", "export", "--stack", "dev"], { cwd: directory })).rejects.toThrow(EMPTY);
      writeFileSync(attributes, whole);
    },
    CLI_TIMEOUT,
  );

  test.each([[["stack", "export"]], [["stack", "output", "--json"]]])(
    "gets the whole state in the end: %s",
    async (args) => {
      const [text] = await Promise.all([read(args), writeSlowly()]);
      expect(JSON.parse(text)).toBeInstanceOf(Object);
    },
    CLI_TIMEOUT,
  );
});
