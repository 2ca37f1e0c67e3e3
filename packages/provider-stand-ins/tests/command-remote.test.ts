import type { Properties } from "./support/plugin-client";
import { isError, PluginClient } from "./support/plugin-client";
import type { NumberedCase } from "./support/recorded-cases";
import { ask, mask, recordedCases } from "./support/recorded-cases";
import { SshHost, sshKeys } from "./support/ssh-host";

const URN = "urn:pulumi:dev::conformance::command:remote:Command::c";

/** Which of two streams is read first is chance, in the real plugin too. */
const VARYING = {
  details: /^Process exited with status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
};

describe("the stand-in for the command plugin, over ssh", () => {
  const server = new SshHost();
  const stranger = sshKeys();
  let plugin: PluginClient;
  let port: number;
  beforeAll(async () => {
    port = await server.listen();
    // The agent of whoever runs the tests must not take part.
    plugin = await PluginClient.start("command", {}, { SSH_AUTH_SOCK: "" });
  });
  afterAll(async () => {
    await plugin.stop();
    server.close();
  });

  const connection = (changes: Properties = {}): Properties => ({
    host: server.host,
    port,
    user: "root",
    privateKey: server.userKeys.private,
    hostKey: server.hostKeys.public,
    dialErrorLimit: 0,
    perDialTimeout: 3,
    ...changes,
  });

  const without = (name: string): Properties =>
    Object.fromEntries(Object.entries(connection()).filter(([key]) => key !== name));

  const fails = async (inputs: Properties): Promise<string> => {
    const answer = await plugin.create(URN, inputs);
    return isError(answer) ? answer.error.details : "no error";
  };

  /** The case with this server's address and keys for the placeholders, and its port where the recorded one was 22. */
  function here(recorded: NumberedCase): NumberedCase {
    const values = {
      OTHERHOSTKEY: stranger.public,
      HOSTKEY: server.hostKeys.public,
      OTHERKEY: stranger.private,
      HOST: server.host,
      KEY: server.userKeys.private,
    };
    const filled = Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(`@env:${name}`, JSON.stringify(value).slice(1, -1)),
      JSON.stringify(recorded),
    );
    const question = JSON.parse(filled.replaceAll('"port":22', `"port":${port}`)) as NumberedCase;
    const given = question.inputs?.connection as Properties;
    return { ...question, inputs: { ...question.inputs, connection: { port, ...given } } };
  }

  it.each(recordedCases("command-ssh").cases)("answers as recorded: $name", async (recorded) => {
    const question = here(recorded);
    expect(mask(await ask(plugin, question), VARYING)).toEqual(mask(question.answer, VARYING));
  });

  it("tries again until the host is there, and shows each attempt as progress", async () => {
    const late = new SshHost();
    const free = await late.listen();
    late.close();
    const before = plugin.engine.lines.length;
    const keys = { privateKey: late.userKeys.private, hostKey: late.hostKeys.public };
    const answer = plugin.create(URN, {
      connection: connection({ ...keys, port: free, dialErrorLimit: -1 }),
      create: "echo in",
    });
    await plugin.engine.next();
    await late.listen(free);
    expect(await answer).toMatchObject({ properties: { stdout: "in" } });
    late.close();
    expect(plugin.engine.lines[before]).toEqual({
      urn: URN,
      severity: "info",
      message: "Dial 1/inf failed: retrying",
      ephemeral: true,
    });
  });

  it("sends a variable that the host takes, and leaves one of the last run out where it does not", async () => {
    const open = new SshHost(["A", "PULUMI_COMMAND_STDOUT"]);
    const keys = { privateKey: open.userKeys.private, hostKey: open.hostKeys.public, port: await open.listen() };
    const inputs = { connection: connection(keys), create: 'echo "$A $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"' };
    const state = { ...inputs, stdout: "one", stderr: "two" };
    const changed = await plugin.update(URN, "c1", state, {}, { ...inputs, environment: { A: "1" } });
    open.close();
    expect(changed).toMatchObject({ properties: { stdout: "1 one " } });
    expect(plugin.engine.lines.at(-2)).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("Unable to set 'PULUMI_COMMAND_STDERR'.") as string,
      ephemeral: false,
    });
  });

  it("believes any host where no host key is given", async () => {
    const anyHost = await plugin.create(URN, { connection: without("hostKey"), create: "echo in" });
    expect(anyHost).toMatchObject({ properties: { stdout: "in" } });
  });

  it.each([
    ["no key at all", { privateKey: "nonsense" }, "ssh: no key found"],
    ["a host key that is none", { hostKey: "nonsense" }, "failed to parse host key: ssh: no key found"],
    [
      "an agent that is not there",
      { agentSocketPath: "/nowhere" },
      "dial unix /nowhere: connect: no such file or directory",
    ],
    [
      "a name that nobody has",
      { host: "nobody.invalid" },
      "after 0 failed attempts: dial tcp: lookup nobody.invalid: no such host",
    ],
  ])("rejects %s in the real plugin's words", async (_, changes, text) => {
    expect(await fails({ connection: connection(changes), create: "true" })).toBe(text);
  });

  it("names the signal that ended a command", async () => {
    expect(await fails({ connection: connection(), create: "kill -TERM $$" })).toBe(
      'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n',
    );
  });

  it("runs update with the new connection and delete with the one in the state", async () => {
    const commands = { create: "echo one", update: "cat; echo two", delete: "cat; echo gone" };
    const inputs = { connection: connection(), ...commands, addPreviousOutputInEnv: false };
    const made = await plugin.create(URN, { ...inputs, stdin: "a\n" });
    if (isError(made)) throw new Error(made.error.details);
    const changed = await plugin.update(URN, made.id, made.properties, {}, { ...inputs, stdin: "b\n" });
    expect(changed).toMatchObject({ properties: { stdout: "b\ntwo", stdin: "b\n" } });
    const before = server.commands.length;
    expect(await plugin.delete(URN, made.id, made.properties)).toEqual({ deleted: true });
    expect(server.commands.slice(before)).toEqual(["cat; echo gone"]);
  });
});
