import { spawnSync } from "node:child_process";
import { homedir, hostname } from "node:os";

import { stackLocks } from "../../../state";
import { directoryOf } from "../../../state/locks";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const directory = temporaryDirectory();

const timestamp = "2026-11-28T23:00:00Z";

/** Of a process that has ended. */
const { pid: ENDED } = spawnSync("true");

test.each([
  ["one that lives here is live", { pid: process.pid, hostname: hostname() }, { stack: "dev", live: true, timestamp }],
  ["one of another user lives, too", { pid: 1, hostname: hostname() }, { live: true }],
  ["one that has ended is dead", { pid: ENDED, hostname: hostname() }, { live: false }],
  ["one of another workstation is not known", { pid: process.pid, hostname: "elsewhere" }, undefined],
])("of the locks of a file backend %s", async (name, lock, expected) => {
  const backend = `${directory}/${name.replaceAll(" ", "-")}`;
  const file = ".pulumi/locks/organization/homeport/dev/a.json";
  // Every file of such a backend has another one beside it.
  writeFiles(backend, { [file]: JSON.stringify({ ...lock, timestamp }), [`${file}.attrs`]: "{}" });
  const locks = await stackLocks(backend);
  expect(locks).toEqual(
    expected === undefined ? [] : [expect.objectContaining({ file: `${backend}/${file}`, pid: lock.pid, ...expected })],
  );
});

test("a backend without locks has none", async () => {
  expect(await stackLocks(`${directory}/nothing`)).toEqual([]);
});

test.each([
  ["file:///var/lib/state", "/var/lib/state"],
  ["file:///var/lib/state?metadata=skip", "/var/lib/state"],
  ["file://~", homedir()],
  ["file://~/state", `${homedir()}/state`],
  ["https://app.pulumi.com/somebody", undefined],
  ["s3://bucket", undefined],
])("the backend %s is in %s", (url, expected) => {
  expect(directoryOf(url)).toBe(expected);
});
