import { spawn } from "node:child_process";

import { inspect } from "../engine/containers";
import { findEngine } from "../engine/engine";
import { UserError } from "../../lib/errors";
import { HostName } from "../hosts/name";
import { LOGINS } from "../hosts/hosts";
import { hostKey, operatorKey } from "../hosts/keys";
import { containerName } from "../hosts/start";
import { quote } from "../../lib/quote";
import { LabSettings } from "../settings";

/**
 * `npm run lab:shell -- HOST [COMMAND...]`: a shell on a host, or one command there: as words, or as one text that
 * the host's shell reads. Gives its exit code.
 */
export async function shell(settings: LabSettings, host: string, command: readonly string[]): Promise<number> {
  const { hosts } = settings.topology;
  const name = hosts.find((candidate) => candidate === host);
  if (name === undefined) {
    throw new UserError(`there is no host "${host}" in the lab: choose one of ${hosts.join(", ")}`);
  }
  const engine = await findEngine(settings.cache);
  if (engine === undefined) {
    throw new UserError(`the lab ${settings.instance.name} is down: start it with "npm run lab"`);
  }
  if ((await inspect(engine.docker, containerName(settings.instance, name)))?.State.Running !== true) {
    throw new UserError(
      `the host ${name} of the lab ${settings.instance.name} is not running: start it with "npm run lab"`,
    );
  }
  const login = LOGINS[name];
  const [program = "", ...args] =
    login === undefined ? throughEngine(settings, name, command) : await bySsh(settings, name, login, command);
  const env = { ...process.env, ...(engine.host === undefined ? {} : { DOCKER_HOST: engine.host }) };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

function throughEngine(settings: LabSettings, host: HostName, command: readonly string[]): string[] {
  const terminal = process.stdin.isTTY && command.length === 0 ? ["-it"] : ["-i"];
  const words = command.length === 1 ? ["sh", "-c", ...command] : command;
  return [
    ...["docker", "exec", ...terminal, containerName(settings.instance, host)],
    ...(words.length === 0 ? ["bash"] : words),
  ];
}

/** The ordinary way in, with the host's key checked against the lab's own record. Nothing of the user's ssh files is read or written. */
async function bySsh(
  settings: LabSettings,
  host: HostName,
  login: string,
  command: readonly string[],
): Promise<string[]> {
  const { instance, addresses } = settings;
  const { publicKey } = await hostKey(instance, host);
  return [
    "ssh",
    ...["-F", "/dev/null", "-i", (await operatorKey(instance)).path, "-o", "IdentitiesOnly=yes"],
    ...["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", `KnownHostsCommand=/bin/echo ${addresses[host]} ${publicKey}`, "-o", "LogLevel=ERROR"],
    ...(process.stdin.isTTY && command.length === 0 ? ["-t"] : []),
    `${login}@${addresses[host]}`,
    ...(command.length === 1 ? command : command.map(quote)),
  ];
}
