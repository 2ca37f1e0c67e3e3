import { spawnSync } from "node:child_process";
import { hostname } from "node:os";

import { liveLock } from "../../../commands/live-run";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const directory = temporaryDirectory();

const timestamp = "2026-11-28T23:00:00Z";

/** Of a process that has ended. */
const { pid: ENDED } = spawnSync("true");

test.each([
  ["one that lives here is told", "dev", { pid: process.pid, hostname: hostname() }, process.pid],
  ["one of another stack is not", "production", { pid: process.pid, hostname: hostname() }, undefined],
  ["one that has ended is not", "dev", { pid: ENDED, hostname: hostname() }, undefined],
  ["one of another workstation is not known", "dev", { pid: process.pid, hostname: "elsewhere" }, undefined],
])("of the locks of a file backend %s", async (name, stack, lock, pid) => {
  const locks = `${directory}/${name.replaceAll(" ", "-")}`;
  writeFiles(locks, { "organization/homeport/dev/a.json": JSON.stringify({ ...lock, timestamp }) });
  expect((await liveLock(locks, stack))?.pid).toBe(pid);
});

test("a backend without locks has none", async () => {
  expect(await liveLock(`${directory}/nothing`, "dev")).toBeUndefined();
});
