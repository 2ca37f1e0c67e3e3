import { say } from "../lib/say";
import { UserError } from "../lib/errors";
import { Asker } from "./asker";
import { HostKey, hostKeysOf, parseHostKey } from "./host-key";
import { MachineAnswers } from "./stack-file";

interface MachineQuestion {
  readonly asker: Asker;
  readonly flag: "vps" | "pi";
  readonly text: string;
  readonly known: Partial<MachineAnswers> | undefined;
  readonly user: string;
  readonly key: string | undefined;
  readonly trustHostKeys: boolean;
}

/** Asks for a machine's login, shows its host key in both forms, and pins the one that the person takes for it. */
export async function askMachine(question: MachineQuestion): Promise<MachineAnswers> {
  const { asker, flag, text, known, user, key } = question;
  const answer = await asker.ask({
    flag,
    text,
    default: known?.address === undefined ? undefined : loginText({ user, port: 22, ...known, address: known.address }),
    refuse: (given) =>
      parseLogin(given, user) === undefined
        ? "is no address such as user@198.51.100.10 or 198.51.100.10:2222"
        : undefined,
  });
  const login = parseLogin(answer, user);
  if (login === undefined) throw new UserError(`--${flag}: '${answer}' is no address`);
  const same = known?.address === login.address && (known.port ?? 22) === login.port;
  const hostKey = await pinned(question, login, same ? known.hostKey : undefined);
  return { ...login, hostKey: hostKey.line, privateKeyFile: key };
}

function loginText({ user, address, port }: Pick<MachineAnswers, "user" | "address" | "port">): string {
  return `${user}@${address}${port === 22 ? "" : `:${port}`}`;
}

/** `[user@]address[:port]`; undefined: it is something else. */
export function parseLogin(text: string, usual: string): Pick<MachineAnswers, "user" | "address" | "port"> | undefined {
  const [, user = usual, address = "", port = "22"] =
    /^(?:([a-z_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (address === "" || Number(port) < 1 || Number(port) > 65535) return undefined;
  return { user, address, port: Number(port) };
}

async function pinned(
  { asker, flag, trustHostKeys }: MachineQuestion,
  { address, port }: Pick<MachineAnswers, "address" | "port">,
  known: string | undefined,
): Promise<HostKey> {
  say(`  asking ${address} for its host key ...`);
  const shown = await hostKeysOf(address, port);
  const [first] = shown;
  if (first === undefined) throw new UserError(`${address} shows no host key`);
  const expected = asker.given(`${flag}-host-key`);
  if (expected !== undefined) {
    const match = shown.find((key) => key.fingerprint === expected || key.line === parseHostKey(expected)?.line);
    if (match !== undefined) return match;
    throw new UserError(
      `--${flag}-host-key: ${address} shows another key than '${expected}': it is another machine, or somebody is in between. Nothing was sent to it`,
    );
  }
  const same = shown.find(({ line }) => line === known);
  if (same !== undefined) return same;
  say(`  ${address} shows   ${first.line}\n  the same is     ${first.fingerprint}`);
  if (known !== undefined && !trustHostKeys)
    say(
      `  The settings have another key for this address: if the machine was not reinstalled, somebody is in between.`,
    );
  say("  Compare it at the machine's own console:  cat /etc/ssh/ssh_host_ed25519_key.pub");
  if (trustHostKeys || (await asker.confirm(`  Is this the key of ${address}`, false))) return first;
  throw new UserError(
    `the host key of ${address} was not taken: compare it, then run this again with --${flag}-host-key '${first.fingerprint}'`,
  );
}
