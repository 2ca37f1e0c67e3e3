import { join } from "node:path";

import { Command } from "commander";

import { down } from "./commands/down";
import { shell } from "./commands/shell";
import { status } from "./commands/status";
import { up } from "./commands/up";
import { UserError, messageOf } from "../lib/errors";
import { LabOptions, LabSettings, labSettings } from "./settings";

/** A command line of the lab, with the options that all its commands share. */
function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--instance <name>", "name of the lab (HOMEPORT_LAB_INSTANCE; default: from the checkout's path)")
    .option("--internet <network>", "network that plays the internet (HOMEPORT_LAB_INTERNET; default 198.51.100.0/24)")
    .option("--home <network>", "network at home (HOMEPORT_LAB_HOME; default 192.168.77.0/24)")
    .option("--topology <name>", "which machines: single (default) or scale (HOMEPORT_LAB_TOPOLOGY)")
    .option(
      "--platform <name>",
      "of the Raspberry Pi (HOMEPORT_LAB_PLATFORM; default linux/amd64, or linux/arm64, linux/arm/v7)",
    )
    .option(
      "--release <name>",
      "Debian of new hosts that the program manages (HOMEPORT_LAB_RELEASE; default bookworm, or trixie)",
    );
}

function settingsOf(options: LabOptions): LabSettings {
  return labSettings(join(__dirname, ".."), options, process.env);
}

/** The whole command line. */
function program(): Command {
  return new Command("lab")
    .enablePositionalOptions()
    .description(
      "The local lab of Homeport: a VPS, a Raspberry Pi behind a NAT router, and the internet around them, as containers",
    )
    .addCommand(
      command("up", "builds what is missing, starts the hosts, runs pulumi up, visits the site")
        .option("--no-deploy", "leave out pulumi up and the visit")
        .action(async (options: LabOptions & { deploy: boolean }) => {
          await up(settingsOf(options), { deploy: options.deploy });
        }),
    )
    .addCommand(
      command("down", "removes this lab, and nothing else")
        .option("--engine", "also stop the Docker daemon that the lab started", false)
        .action(async (options: LabOptions & { engine: boolean }) => {
          await down(settingsOf(options), { engine: options.engine });
        }),
    )
    .addCommand(
      command("status", "shows what runs, and whether the visitor reads the site").action(
        async (options: LabOptions) => {
          process.exitCode = (await status(settingsOf(options))) ? 0 : 1;
        },
      ),
    )
    .addCommand(
      command("shell", "opens a shell on a host, or runs a command there")
        .argument("<host>")
        .argument("[command...]")
        .passThroughOptions()
        .action(async (host: string, words: string[], options: LabOptions) => {
          process.exitCode = await shell(settingsOf(options), host, words);
        }),
    );
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`lab: ${messageOf(error)}\n`);
    if (!(error instanceof UserError) && error instanceof Error && error.name !== "ListrError") {
      process.stderr.write(`${error.stack ?? ""}\n`);
    }
    process.exitCode = 1;
  });
