import { Command, InvalidArgumentError } from "commander";

import { ADMIN_PORT } from "../plan";
import { UserError } from "../lib/errors";
import { exitOnEpipe } from "../lib/exit-on-epipe";
import { admin } from "./admin";
import { alerts } from "./alerts";
import { adopt, AdoptOptions } from "./adopt";
import { backup, backups, restore, RestoreOptions } from "./backup";
import { doctor } from "./doctor";
import { drift, DriftOptions } from "./drift";
import { forget, ForgetOptions } from "./forget";
import { history } from "./history";
import { images, ownPins } from "./images";
import { init } from "./init";
import { Asked, logs, manage, shell } from "./in-container";
import { recover } from "./recover";
import { DOCKER_HUB } from "./registry";
import { status } from "./status";

interface StackOption {
  readonly stack?: string;
}

/** A command for one stack. */
function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .usage("[-- [--stack STACK] ...]")
    .option("--stack <stack>", "name of the stack (default: the selected one)");
}

/** A command that passes on all words behind `--stack`, options included. */
function passingOn(
  name: string,
  description: string,
  action: (asked: Asked, words: string[]) => Promise<number>,
): Command {
  return command(name, description)
    .argument("[words...]")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words: string[], asked: Asked) => {
      process.exitCode = await action(asked, words);
    });
}

/** The same for a command on one server. */
function onServer(...given: Parameters<typeof passingOn>): Command {
  return passingOn(...given).option("--server <server>", "name of a server (default: the first)");
}

/** The same for one of the application's processes there. */
function onProcess(...given: Parameters<typeof passingOn>): Command {
  return onServer(...given).option("--process <process>", "a process in app.processes (default: the one that serves)");
}

function program(): Command {
  return new Command("npm run")
    .description("Operates a deployed site")
    .enablePositionalOptions()
    .addCommand(
      command("admin", "forwards the site's admin to this machine, from anywhere, until Ctrl-C")
        .option("--port <port>", "port of this machine", portNumber, ADMIN_PORT)
        .action(async ({ stack, port }: StackOption & { port: number }) => {
          process.exitCode = await admin(stack, { port });
        }),
    )
    .addCommand(onServer("manage", "runs a command of manage.py in the site, such as createsuperuser", manage))
    .addCommand(onProcess("shell", "opens a shell in the site's container, or runs one command there", shell))
    .addCommand(
      onProcess(
        "logs",
        "shows the site's log, --json as it is; takes the options of docker logs, such as -f --since 1h",
        logs,
      ),
    )
    .addCommand(
      command(
        "status",
        "asks the site as a visitor, looks at containers, tunnel, disks; changes nothing, exits 1 on a problem",
      )
        .option("--history", "shows instead how the site was on the last days, as the edge saw it")
        .action(async ({ stack, history: past }: StackOption & { history?: boolean }) => {
          process.exitCode = past === true ? await history(stack) : await status(stack);
        }),
    )
    .addCommand(
      command("backup", "saves the site's data now, and proves the backup").action(async ({ stack }: StackOption) => {
        process.exitCode = await backup(stack);
      }),
    )
    .addCommand(
      command("backups", "lists the backups, newest first, and which are proven").action(
        async ({ stack }: StackOption) => {
          process.exitCode = await backups(stack);
        },
      ),
    )
    .addCommand(
      command("restore", "puts a backup back, by default the newest that is proven; keeps what was there")
        .argument("[id]", "of the backup", "latest")
        .option("--to <stack>", "stack that gets the data (default: the one whose backup it is)")
        .option("--yes", "asks nothing")
        .action(async (id: string, options: RestoreOptions) => {
          process.exitCode = await restore(id, options);
        }),
    )
    .addCommand(
      command("alerts", "sends a test alert from every machine to whom the settings name")
        .option("--test", "sends it")
        .action(async ({ stack, test }: StackOption & { test?: boolean }) => {
          process.exitCode = await alerts(stack, { test: test === true });
        }),
    )
    .addCommand(
      command(
        "drift",
        "what differs from what was deployed, for cron and CI: exits 0, 2 where something does, 1 where a part cannot be looked at",
      )
        .option("--json", "one JSON document instead of a table")
        .action(async (options: DriftOptions) => {
          process.exitCode = await drift(options);
        }),
    )
    .addCommand(
      command("forget", "removes a server that is gone for good from the state; without --yes only lists what would go")
        .argument("<server>", "its name")
        .option("--yes", "removes it")
        .action(async (server: string, options: ForgetOptions) => {
          process.exitCode = await forget(server, options);
        }),
    )
    .addCommand(initCommand())
    .addCommand(
      command(
        "doctor",
        "examines this workstation, the stack and the machines, a line each: good, or what to do",
      ).action(async ({ stack }: StackOption) => {
        process.exitCode = await doctor(stack);
      }),
    )
    .addCommand(
      command("adopt", "looks at a Django project and proposes the settings it needs, each with its reason")
        .argument("<folder>", "the project's folder")
        .option("--write", "puts them into the stack's file")
        .action(async (folder: string, options: AdoptOptions) => {
          process.exitCode = await adopt(folder, options);
        }),
    )
    .addCommand(
      new Command("images")
        .description("pins the images that Homeport names to the digests their tags have now, and shows old and new")
        .option("--hub <url>", "where Docker Hub answers, or a mirror of it", DOCKER_HUB)
        .action(async ({ hub }: { hub: string }) => {
          process.exitCode = await images(await ownPins(), hub.replace(/\/+$/, ""));
        }),
    )
    .addCommand(
      passingOn("recover", "finishes an interrupted pulumi up; takes the options of pulumi up", ({ stack }, words) =>
        recover(stack, words),
      ),
    );
}

interface InitFlags extends Record<string, string | boolean | undefined> {
  readonly stack: string;
}

function initCommand(): Command {
  return new Command("init")
    .description("asks for domain and machines, looks at them, writes the stack's file; run again it changes an answer")
    .usage("[-- --domain DOMAIN ...]")
    .option("--stack <stack>", "name of the stack", "production")
    .option("--domain <domain>", "the site's domain")
    .option("--vps <login>", "the VPS: [user@]address[:port]; without a user root")
    .option("--vps-host-key <key>", "its host key, as SHA256:... or 'ssh-ed25519 AAAA...', compared with what it shows")
    .option("--pi <login>", "the server at home: [user@]address[:port]; without a user pi")
    .option("--pi-host-key <key>", "its host key")
    .option("--key <file>", "your private key for both, or 'agent'")
    .option("--email <address>", "for Let's Encrypt")
    .option("--tls <directory>", "staging or production")
    .option("--dns <provider>", "cloudflare or none")
    .option("--zone <id>", "the zone's id at Cloudflare")
    .option("--trust-host-keys", "takes the host keys that the machines show now")
    .option("--yes", "asks nothing: takes the answers of before and the defaults")
    .option("--no-preview", "leaves out the preview at the end")
    .action(async ({ stack, yes, trustHostKeys, preview, ...flags }: InitFlags) => {
      process.exitCode = await init({
        ...{ stack, yes: yes === true, trustHostKeys: trustHostKeys === true, preview: preview !== false },
        flags: Object.fromEntries(
          Object.entries(flags).map(([name, value]) => [
            name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
            typeof value === "string" ? value : undefined,
          ]),
        ),
      });
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidArgumentError("not a port from 1 to 65535");
  return port;
}

exitOnEpipe();
program()
  .parseAsync()
  .catch((error: unknown) => {
    const text = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`homeport: ${text ?? ""}\n`);
    process.exitCode = 1;
  });
