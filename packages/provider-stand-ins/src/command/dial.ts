import { once } from "node:events";
import { connect, isIPv6 } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import type { AnyAuthMethod, AuthHandlerMiddleware, Client, ConnectConfig, NextAuthHandler } from "ssh2";

import type { Context } from "../support/resource";
import type { PropertyValue } from "../support/values";
import { isMap } from "../support/values";

/** The input `connection`, defaults filled in by `check`. */
export interface Connection {
  readonly host: string;
  /** Default: 22. */
  readonly port?: number;
  /** Default: root. */
  readonly user?: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly agentSocketPath?: string;
  /** Failed attempts after which it gives up; -1 is never. Default: 10. */
  readonly dialErrorLimit?: number;
  /** Seconds for the TCP connection of each attempt; 0 is no limit. Default: 15. */
  readonly perDialTimeout?: number;
  /** In the form of authorized_keys. Default: any host is believed. */
  readonly hostKey?: string;
}

/** Defaults for a state that was written without them; `check` fills in the same. */
const DEFAULTS = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 } as const;

/** Pause after the first failed attempt, its growth and its limit, in milliseconds (pulumi/sdk util/retry). */
const BACK_OFF = { first: 100, factor: 1.5, most: 5000 } as const;

/** An error of ssh2, which says in what stage it came up. */
type SshError = Error & { readonly level?: string };

/**
 * A host that is gone without a word ends the command after two and a half minutes: milliseconds between two questions
 * and the number of those left unanswered, as the keepalive of Go's TCP connections has them.
 */
const KEEPALIVE = { interval: 15_000, most: 9 } as const;

/** True for a value that can be a `connection` input. */
export function isConnection(value: PropertyValue | undefined): value is PropertyValue & Connection {
  return isMap(value) && typeof value.host === "string";
}

/** Connects and logs in, again and again until the limit, as the real plugin does, and with its errors. */
export async function dial(connection: Connection, context: Context): Promise<Client> {
  const attempt = await prepare(connection);
  const limit = connection.dialErrorLimit ?? DEFAULTS.dialErrorLimit;
  let pause: number = BACK_OFF.first;
  for (let failed = 0; ; failed += 1) {
    try {
      return await attempt();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (limit > -1 && failed + 1 > limit) throw new Error(`after ${failed} failed attempts: ${reason}`);
      context.log("info", `Dial ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`, true);
    }
    await delay(pause, undefined, { signal: context.signal }).catch(() => {
      throw new Error("context canceled");
    });
    pause = Math.min(pause * BACK_OFF.factor, BACK_OFF.most);
  }
}

/** Reads the keys once, before the first attempt: a fault in them is not tried again. */
async function prepare(connection: Connection): Promise<() => Promise<Client>> {
  // Loaded here and not at the start: most of a preview does without it.
  const { default: ssh2 } = await import("ssh2");
  const hostKey = connection.hostKey === undefined ? undefined : ssh2.utils.parseKey(connection.hostKey);
  if (hostKey instanceof Error) throw new Error("failed to parse host key: ssh: no key found");
  const { privateKey, privateKeyPassword } = connection;
  if (privateKey !== undefined) checkPrivateKey(ssh2.utils.parseKey(privateKey, privateKeyPassword), privateKey);
  const agent = connection.agentSocketPath ?? process.env.SSH_AUTH_SOCK ?? "";
  if (agent !== "") await checkAgent(agent);
  const methods = authMethods(connection, agent);
  const username = connection.user ?? DEFAULTS.user;
  return () => {
    const tried = new Set<string>();
    const mismatch = { found: false };
    const config: ConnectConfig = {
      host: connection.host,
      port: connection.port ?? DEFAULTS.port,
      username,
      // As with the real plugin, the limit of time is on the TCP connection alone.
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE.interval,
      keepaliveCountMax: KEEPALIVE.most,
      authHandler: inTurn(methods, username, tried),
    };
    if (hostKey !== undefined) {
      const expected = Uint8Array.from(hostKey.getPublicSSH());
      config.algorithms = { serverHostKey: [hostKey.type] };
      config.hostVerifier = (key: Buffer) => {
        mismatch.found = key.compare(expected) !== 0;
        return !mismatch.found;
      };
    }
    return logIn(new ssh2.Client(), connection, config, (error) => {
      if (mismatch.found) return "ssh: host key mismatch";
      if (error?.message.includes("no matching host key format")) {
        return `ssh: no common algorithm for host key; client offered: [${hostKey?.type ?? ""}]`;
      }
      if (error?.level !== "client-authentication") return error?.message ?? "EOF";
      const list = [...tried].sort().join(" ");
      return `ssh: unable to authenticate, attempted methods [${list}], no supported methods remain`;
    });
  };
}

function checkPrivateKey(parsed: Error | object, text: string): void {
  if (!(parsed instanceof Error)) return;
  if (!text.includes("-----BEGIN ")) throw new Error("ssh: no key found");
  if (/no passphrase given/i.test(parsed.message)) throw new Error("ssh: this private key is passphrase protected");
  if (/bad passphrase|integrity check/i.test(parsed.message)) throw new Error("x509: decryption password incorrect");
  throw new Error(`ssh: unsupported private key: ${parsed.message}`);
}

/** The real plugin connects to the agent even where it then logs in with a key, and fails where it cannot. */
async function checkAgent(path: string): Promise<void> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    throw new Error(`dial unix ${path}: connect: ${systemText(error)}`);
  } finally {
    socket.destroy();
  }
}

/** The ways to log in, in the real plugin's order; of two of one name only the first is tried, as Go's library does. */
function authMethods(
  connection: Connection,
  agent: string,
): { readonly name: string; readonly method: AnyAuthMethod }[] {
  const username = connection.user ?? DEFAULTS.user;
  const { privateKey, privateKeyPassword, password } = connection;
  const methods: { name: string; method: AnyAuthMethod }[] = [];
  if (privateKey !== undefined) {
    methods.push({
      name: "publickey",
      method: { type: "publickey", username, key: privateKey, passphrase: privateKeyPassword },
    });
  }
  if (password !== undefined) {
    methods.push({ name: "password", method: { type: "password", username, password } });
    methods.push({
      name: "keyboard-interactive",
      method: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          finish(prompts.map(() => password));
        },
      },
    });
  }
  if (agent !== "" && privateKey === undefined) {
    methods.push({ name: "publickey", method: { type: "agent", username, agent } });
  }
  return methods;
}

/** ssh2 takes `false` for "nothing left to try", which its type does not say. */
type NextOrEnd = (method: Parameters<NextAuthHandler>[0] | false) => void;

function inTurn(
  methods: readonly { readonly name: string; readonly method: AnyAuthMethod }[],
  username: string,
  tried: Set<string>,
): AuthHandlerMiddleware {
  return (left: readonly string[] | null, _partial, next) => {
    if (!tried.has("none")) {
      tried.add("none");
      next({ type: "none", username });
      return;
    }
    const now = methods.find(({ name }) => !tried.has(name) && (left?.includes(name) ?? true));
    if (now !== undefined) tried.add(now.name);
    (next as NextOrEnd)(now?.method ?? false);
  };
}

/** One attempt. `explain` words what went wrong after the TCP connection stood. */
function logIn(
  client: Client,
  connection: Connection,
  config: ConnectConfig,
  explain: (error: SshError | undefined) => string,
): Promise<Client> {
  const seconds = connection.perDialTimeout ?? DEFAULTS.perDialTimeout;
  const address = `${isIPv6(connection.host) ? `[${connection.host}]` : connection.host}:${config.port ?? 0}`;
  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (reason: string) => {
      clearTimeout(timer);
      client.destroy();
      reject(new Error(reason));
    };
    const expire = () => {
      fail(`dial tcp ${address}: i/o timeout`);
    };
    const timer = seconds > 0 ? setTimeout(expire, seconds * 1000) : undefined;
    const onError = (error?: SshError) => {
      if (connected) fail(`ssh: handshake failed: ${explain(error)}`);
      else if (systemCode(error) === "ENOTFOUND") fail(`dial tcp: lookup ${connection.host}: no such host`);
      else fail(`dial tcp ${address}: connect: ${systemText(error)}`);
    };
    client.once("connect", () => {
      connected = true;
      // Without it each small packet of the login waits for the acknowledgement of the one before.
      client.setNoDelay(true);
      clearTimeout(timer);
    });
    client.once("ready", () => {
      client.removeAllListeners("close");
      resolve(client);
    });
    // Stays for good: a connection lost later ends the running command, which tells of it.
    client.on("error", onError);
    client.once("close", () => {
      onError();
    });
    client.connect(config);
  });
}

/** Texts of the C library, by the code that Node gives. */
const SYSTEM_TEXTS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ENOENT: "no such file or directory",
  ETIMEDOUT: "connection timed out",
};

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function systemText(error: unknown): string {
  return SYSTEM_TEXTS[systemCode(error)] ?? (error instanceof Error ? error.message : String(error));
}
