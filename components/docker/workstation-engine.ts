import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../../lib/errors";
import { emulationFault } from "./emulation";

/** How a call of the Docker CLI ended. */
export interface CliAnswer {
  /** `CONTEXT OS/ARCHITECTURE` where an engine answered. */
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined: it succeeded; `ENOENT`: there is no such program. */
  readonly code?: string | number | undefined;
}

/** The variables by which Docker's client chooses an engine. */
export type DockerEnvironment = Readonly<Record<"DOCKER_HOST" | "DOCKER_CONTEXT", string | undefined>>;

/** Time for the engine to answer, milliseconds; one behind ssh takes a few seconds. */
const PATIENCE = 20_000;

/** Where Linux lists the foreign formats that it can run. */
const FORMATS = "/proc/sys/fs/binfmt_misc";

/**
 * Refuses a build for which the workstation's engine is missing, or cannot run the programs of a server's processor; before anything is changed. Servers' engines
 * are named to the provider by their address, so no variable sends anything of theirs elsewhere.
 */
export async function refuseMissingEngine(platforms: readonly string[]): Promise<void> {
  const { fatal, notes } = await lookAtEngine(platforms);
  for (const note of notes) await pulumi.log.warn(note);
  if (fatal.length > 0) throw new UserError(fatal.join("\n"));
}

/** What keeps the workstation's engine from building for these platforms, and what else is worth knowing of it; a sentence each, with the remedy. */
export async function lookAtEngine(
  platforms: readonly string[],
): Promise<{ readonly fatal: readonly string[]; readonly notes: readonly string[] }> {
  const { DOCKER_HOST, DOCKER_CONTEXT } = process.env;
  const environment = { DOCKER_HOST, DOCKER_CONTEXT };
  const answer = await askEngine();
  const fault = engineFault(environment, answer);
  if (fault !== undefined) return { fatal: [fault], notes: [] };
  const engine = engineOfAnswer(answer.stdout);
  const other = engineElsewhere(environment);
  const notes = other === undefined ? [] : [other];
  // Elsewhere, and in the machine of Docker Desktop, the formats are another kernel's.
  const ownKernel = other === undefined && process.platform === "linux" && !/desktop/.test(engine.context);
  const formats = ownKernel ? registeredFormats() : undefined;
  if (formats === undefined) return { fatal: [], notes };
  const faults = platforms.flatMap((platform) => emulationFault(platform, engine.platform, formats, existsSync) ?? []);
  const texts = (fatal: boolean): string[] => faults.filter((one) => one.fatal === fatal).map(({ text }) => text);
  return { fatal: texts(true), notes: [...notes, ...texts(false)] };
}

/** What keeps the workstation's engine from building, with the engine that was asked and why; undefined: nothing. */
export function engineFault(environment: DockerEnvironment, { code, stdout, stderr }: CliAnswer): string | undefined {
  if (code === undefined) return undefined;
  if (code === "ENOENT")
    return "app.context: the image is built by Docker, and this workstation has none: install it (https://docs.docker.com/engine/install/), or set app.image";
  const words = stderr.trim().split("\n").at(-1) ?? "";
  const asked = `${chosenBy(environment, engineOfAnswer(stdout).context)} said: ${words === "" ? `exit code ${code}` : words}`;
  const remedy = /permission denied/i.test(words)
    ? "you may not use it: 'sudo usermod -aG docker $USER', then log in again"
    : "start it (Docker Desktop, or 'sudo systemctl start docker'), or choose another: 'unset DOCKER_HOST DOCKER_CONTEXT', 'docker context use default'";
  return `app.context: the workstation's Docker engine, which builds the image, does not answer: ${remedy}. ${asked}`;
}

/** A warning where the engine that builds is another machine's; undefined: it is this one's. */
export function engineElsewhere({ DOCKER_HOST: host = "" }: DockerEnvironment): string | undefined {
  return /^(tcp|ssh|https?):/.test(host)
    ? `DOCKER_HOST is ${host.replace(/\/\/[^/]*@/, "//")}: the image is built there and sent from there, not by this workstation's own engine`
    : undefined;
}

function chosenBy({ DOCKER_HOST, DOCKER_CONTEXT }: DockerEnvironment, context: string): string {
  if (DOCKER_HOST !== undefined && DOCKER_HOST !== "") return `The one that DOCKER_HOST names (${DOCKER_HOST})`;
  if (DOCKER_CONTEXT !== undefined && DOCKER_CONTEXT !== "")
    return `The one of the context ${DOCKER_CONTEXT}, which DOCKER_CONTEXT names,`;
  return context === "" || context === "default" ? "The usual one" : `The one of the chosen context ${context}`;
}

function engineOfAnswer(stdout: string): { readonly context: string; readonly platform: string } {
  const [context = "", platform = ""] = stdout.trim().split(" ");
  return { context, platform };
}

function askEngine(): Promise<CliAnswer> {
  const format = "{{.Client.Context}} {{with .Server}}{{.Os}}/{{.Arch}}{{end}}";
  return new Promise((resolve) => {
    execFile(
      "docker",
      ["version", "--format", format],
      { timeout: PATIENCE, env: process.env },
      (error, stdout, stderr) => {
        resolve({ stdout, stderr, ...(error === null ? {} : { code: error.code ?? "no answer" }) });
      },
    );
  });
}

function registeredFormats(): Readonly<Record<string, string>> | undefined {
  try {
    const names = readdirSync(FORMATS).filter((name) => name !== "register" && name !== "status");
    return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(FORMATS, name), "utf8")]));
  } catch {
    // Not mounted here, as in a container: the engine's kernel may have it all the same.
    return undefined;
  }
}
