import { MANAGE } from "../lib/adapter-paths";
import { readableLine } from "./log-lines";
import { Ssh } from "./ssh";
import { deployedStack } from "./stack";

/** Variables that `createsuperuser --noinput` reads (Django's documentation of the command). */
const SUPERUSER_VARIABLES = /^DJANGO_SUPERUSER_\w+$/;

const IN_CONTAINER = "in-container.sh";

/** The process of the application that serves it. */
const WEB = "web";

/** Site and server; undefined: the selected stack, its first server. */
export interface Asked {
  readonly stack?: string | undefined;
  readonly server?: string | undefined;
  /** A process of app.processes; undefined: the one that serves. */
  readonly process?: string | undefined;
}

/** `npm run manage -- COMMAND...`: a command of manage.py in the running site. Returns its exit code. */
export async function manage(asked: Asked, words: readonly string[]): Promise<number> {
  const command = [MANAGE, ...words];
  const { ssh, app } = await serverOf(asked);
  const variables = Object.entries(process.env)
    .filter(([key]) => SUPERUSER_VARIABLES.test(key))
    .map(([key, value]) => `${key}=${value ?? ""}\n`);
  if (variables.length === 0) return ssh.byHand(IN_CONTAINER, [app, WEB, "run", ...command]);
  return ssh.byHand(IN_CONTAINER, [app, WEB, "with-env", ...command], variables.join(""));
}

/** `npm run shell [-- COMMAND...]`: a shell in the running site's container, or one command there. */
export async function shell(asked: Asked, words: readonly string[]): Promise<number> {
  const { ssh, app } = await serverOf(asked);
  return ssh.byHand(IN_CONTAINER, [app, asked.process ?? WEB, "run", ...(words.length === 0 ? ["sh"] : words)]);
}

/** `npm run logs [-- OPTIONS...]`: the running site's log, with the options of `docker logs`; `--json`: as it is. */
export async function logs(asked: Asked, words: readonly string[]): Promise<number> {
  const { ssh, app } = await serverOf(asked);
  const options = words.filter((word) => word !== "--json");
  const shown = options.length < words.length ? {} : { shown: readableLine };
  return ssh.follow(IN_CONTAINER, [app, asked.process ?? WEB, "logs", ...options], shown);
}

async function serverOf(asked: Asked): Promise<{ ssh: Ssh; app: string }> {
  const stack = await deployedStack(asked.stack);
  return { ssh: await Ssh.toServer(stack, asked.server), app: stack.app };
}
