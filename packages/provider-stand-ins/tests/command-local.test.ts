import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Properties } from "./support/plugin-client";
import { isError, PluginClient } from "./support/plugin-client";
import { ask, mask, recordedCases } from "./support/recorded-cases";

const URN = "urn:pulumi:dev::conformance::command:local:Command::c";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The id is random; which of two streams is read first is chance, in the real plugin too. */
const VARYING = {
  id: /^case\d+[0-9a-f]{8}$/,
  details: /^exit status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
};

describe("the stand-in for the command plugin, on this machine", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "homeport-command-"));
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await PluginClient.start("command");
  });
  afterAll(async () => {
    await plugin.stop();
    rmSync(directory, { recursive: true });
  });

  const create = async (inputs: Properties): Promise<Properties> => {
    const made = await plugin.create(URN, inputs);
    if (isError(made)) throw new Error(made.error.details);
    return made.properties;
  };

  it.each(recordedCases("command").cases)("answers as recorded: $name", async (recorded) => {
    expect(mask(await ask(plugin, recorded), VARYING)).toEqual(mask(recorded.answer, VARYING));
  });

  it.each([
    { logging: undefined, lines: ["out", "err"] },
    { logging: "stdoutAndStderr", lines: ["out", "err"] },
    { logging: "stdout", lines: ["out"] },
    { logging: "stderr", lines: ["err"] },
    { logging: "none", lines: [] },
  ])("shows the lines of a command as progress: logging $logging", async ({ logging, lines }) => {
    const before = plugin.engine.lines.length;
    await create({ create: "printf out; sleep 0.1; echo err >&2", ...(logging === undefined ? {} : { logging }) });
    const shown = plugin.engine.lines.slice(before);
    expect(shown.map(({ message }) => message).join("")).toBe(lines.join(""));
    for (const line of shown) expect(line).toMatchObject({ urn: URN, severity: "info", ephemeral: true });
  });

  it("runs update, or create where there is none, with the last output in the environment unless told not to", async () => {
    const script = 'echo "was $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"';
    const state = await create({ create: "echo one; echo two >&2" });
    const update = (news: Properties) => plugin.update(URN, "c1", state, {}, news);
    expect(await update({ create: script })).toMatchObject({ properties: { stdout: "was one two", stderr: "" } });
    expect(await update({ create: "false", update: script })).toMatchObject({ properties: { stdout: "was one two" } });
    const off = await update({ create: script, addPreviousOutputInEnv: false });
    expect(off).toMatchObject({ properties: { stdout: "was  " } });
    expect(await update({ delete: "true" })).toEqual({ properties: { delete: "true", stdout: "one", stderr: "two" } });
  });

  it("runs delete with the inputs of the state, standard input included", async () => {
    const file = path.join(directory, "deleted");
    const state = await create({ create: "true", delete: `cat > ${file}`, stdin: "kept\n" });
    expect(await plugin.delete(URN, "c1", state)).toEqual({ deleted: true });
    expect(readFileSync(file, "utf8")).toBe("kept\n");
  });

  it("leaves the output unknown at the preview of an update that changes what the state has", async () => {
    const state = await create({ create: "echo one", stdin: "a" });
    const preview = (news: Properties) => plugin.update(URN, "c1", state, {}, news, true);
    expect(await preview({ create: "echo two", stdin: "a" })).toEqual({
      properties: { create: "echo two", stdin: "a", stdout: UNKNOWN, stderr: UNKNOWN },
    });
    // Faithful to the real plugin: an input that was not there before does not make the output unknown.
    expect(await preview({ create: "echo one", stdin: "a", delete: "true" })).toMatchObject({
      properties: { stdout: "one", stderr: "" },
    });
    expect(await preview({ create: "echo one", stdin: UNKNOWN })).toMatchObject({ properties: { stdout: UNKNOWN } });
  });

  it("keeps secrets secret and does not spread them to the output", async () => {
    const stdin = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "s" };
    const checked = await plugin.check(URN, {}, { create: "cat", stdin });
    expect(checked).toMatchObject({ inputs: { stdin } });
    expect(await create({ create: "cat", stdin })).toEqual({ create: "cat", stdin, stdout: "s", stderr: "" });
    const same = await plugin.diff(URN, "c1", { create: "cat", stdin }, {}, { create: "cat", stdin });
    expect(same).toMatchObject({ changes: "none" });
    // A text that only loses its secrecy is a change, as with the real plugin.
    const revealed = await plugin.diff(URN, "c1", { create: "cat", stdin }, {}, { create: "cat", stdin: "s" });
    expect(revealed).toMatchObject({ changes: "some", detailedDiff: { stdin: "update" } });
  });

  it("quotes a failed command as Go does", async () => {
    const answer = await plugin.create(URN, { create: "printf '\\t\"é\u0001' >/dev/null\nexit 2" });
    expect(answer).toEqual({
      error: { code: 2, details: 'exit status 2: running "printf \'\\\\t\\"é\\x01\' >/dev/null\\nexit 2":\n' },
    });
  });

  it("names the signal that ended a command", async () => {
    const answer = await plugin.create(URN, { create: "kill -9 $$" });
    expect(answer).toEqual({ error: { code: 2, details: 'signal: killed: running "kill -9 $$":\n' } });
  });
});
