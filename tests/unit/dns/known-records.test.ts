import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { readKnownRecords } from "../../../components/dns/known-records";
import { script } from "../../../components/machine/scripts";
import { writeFiles } from "../../support/directory";
import { Ended } from "../../support/tools";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const URN = "urn:pulumi:dev::homeport::";
const RESOURCES = [
  { urn: `${URN}pulumi:pulumi:Stack::homeport-dev`, type: "pulumi:pulumi:Stack" },
  { urn: `${URN}${RECORD}::dns-a-example.org`, type: RECORD, id: "r1" },
  { urn: `${URN}command:local:Command::dns-forgotten-removal`, type: "command:local:Command", id: "c1" },
  { urn: `${URN}command:local:Command::app-transfer`, type: "command:local:Command", id: "c2" },
  { urn: `${URN}random:index/randomPassword:RandomPassword::key`, type: "random", id: "none", outputs: "CIPHERTEXT" },
];

describe("what the state knows of records", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), "homeport-state-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** As the command provider runs it, with a CLI that says this. */
  function ask(cli: string): Ended {
    writeFiles(directory, { pulumi: `#!/bin/sh\n${cli}\n` }, 0o755);
    const { status, stdout, stderr } = spawnSync(
      "node",
      ["--input-type=module", "--eval", script("dns/read-known-records.mjs")],
      {
        encoding: "utf8",
        env: {
          PATH: `${directory}:${process.env["PATH"] ?? ""}`,
          STACK: "organization/homeport/dev",
          COMMAND: "dns-forgotten-removal",
        },
      },
    );
    return { code: status, stdout, stderr };
  }

  test("are the ids of its records, and whether it has the command; nothing else is handed on", () => {
    const state = JSON.stringify({ deployment: { resources: RESOURCES } });
    const told = ask(
      `test "$*" = "stack export --non-interactive --stack organization/homeport/dev" && echo '${state}'`,
    );
    expect(told).toEqual({ code: 0, stdout: "record r1\nmade dns-forgotten-removal\n", stderr: "" });
    expect(readKnownRecords(told.stdout)).toEqual({ ids: ["r1"], command: true });
  });

  test.each(['{"version":3,"deployment":{"manifest":{}}}', '{"deployment":null}', '{"version":3}'])(
    "are none in a stack that was never deployed: %s",
    (state) => {
      const { code, stdout } = ask(`echo '${state}'`);
      expect({ code, known: readKnownRecords(stdout) }).toEqual({ code: 0, known: { ids: [], command: false } });
    },
  );

  test("are an error where the CLI refuses, with what it said", () => {
    const told = ask("echo 'error: no stack named dev' >&2; exit 255");
    expect(told).toMatchObject({ code: 1, stdout: "" });
    expect(told.stderr).toContain("the state of organization/homeport/dev cannot be read: error: no stack named dev");
  });
});
