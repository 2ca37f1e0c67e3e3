import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import execa from "execa";
import { parse, stringify } from "yaml";

import { STACK } from "../../lab/domain";
import { Instance } from "../../lab/instance";

/** A run of the Pulumi CLI, as its user sees it, and what it did by the engine's own log of events. */
export interface StackRun {
  readonly code: number;
  /** stdout and stderr. */
  readonly output: string;
  /** Names of the resources that were (or in a preview would be) made, changed, replaced or deleted; each once, sorted. */
  readonly changed: readonly string[];
  readonly seconds: number;
}

/** Values of the stack's configuration by key, such as `homeport:tunnel`; a list has values for the elements that the stack has. */
export type SettingValues = Readonly<
  Record<string, Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[]>
>;

/** Milliseconds after which a run counts as hung; the longest is a first `up`. */
const RUN_TIMEOUT = 600_000;

/** The parts of the engine's events that are read here. */
interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
}

/** A stack of the lab, through the Pulumi CLI and nothing else. */
export class LabStack {
  public constructor(
    private readonly instance: Instance,
    public readonly env: Readonly<Record<string, string>>,
    private readonly name = STACK,
  ) {}

  /** Makes another stack of the program, as a person does: `pulumi stack init`, and a file with its settings. */
  public async another(name: string, settings: Readonly<Record<string, unknown>>): Promise<LabStack> {
    const stack = new LabStack(this.instance, this.env, name);
    const { exitCode, all } = await stack.cli(["stack", "init", "--no-select"]);
    if (exitCode !== 0) throw new Error(`the stack ${name} was not made:\n${all ?? ""}`);
    await writeFile(stack.settingsFile, stringify({ config: settings }));
    return stack;
  }

  /** Removes what `another` has made; the stack must have been destroyed. */
  public async forget(): Promise<void> {
    const { exitCode, all } = await this.cli(["stack", "rm", "--yes"]);
    await rm(this.settingsFile, { force: true });
    if (exitCode !== 0) throw new Error(`the stack ${this.name} was not removed:\n${all ?? ""}`);
  }

  public async preview(...options: string[]): Promise<StackRun> {
    return this.run(["preview", "--diff", ...options]);
  }

  public async up(...options: string[]): Promise<StackRun> {
    return this.run(["up", "--yes", "--skip-preview", ...options]);
  }

  public async refresh(...options: string[]): Promise<StackRun> {
    return this.run(["refresh", "--yes", "--skip-preview", ...options]);
  }

  public async destroy(): Promise<StackRun> {
    return this.run(["destroy", "--yes", "--skip-preview"]);
  }

  /** The state with its secrets readable. */
  public async exportWithSecrets(): Promise<unknown> {
    const { stdout } = await this.cli(["stack", "export", "--show-secrets"]);
    return JSON.parse(stdout) as unknown;
  }

  /** Where the words of all runs of these tests are kept, so that they can be searched for secrets. */
  public get transcript(): string {
    return join(this.instance.directory, "lab-tests.log");
  }

  /** Runs an action with other settings than the lab's, each put over what it has; the settings are back afterwards. */
  public async withSettings<T>(values: SettingValues, action: () => Promise<T>): Promise<T> {
    const file = this.settingsFile;
    const original = await readFile(file, "utf8");
    const local = configOf(original);
    const committed = configOf(await readFile(join(this.instance.checkout, `Pulumi.${this.name}.yaml`), "utf8"));
    const merged = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, over(local[key] ?? committed[key], value)] as const),
    );
    await writeFile(file, stringify({ config: { ...local, ...merged } }));
    try {
      return await action();
    } finally {
      await writeFile(file, original);
    }
  }

  private get settingsFile(): string {
    return join(this.instance.checkout, `Pulumi.${this.name}.local.yaml`);
  }

  private async run(command: string[]): Promise<StackRun> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-events-"));
    const events = join(directory, "events.json");
    const start = Date.now();
    try {
      const { exitCode, all } = await this.cli([...command, "--non-interactive", "--event-log", events]);
      const output = all ?? "";
      await appendFile(this.transcript, `$ pulumi ${command.join(" ")}\n${output}\n`, { mode: 0o600 });
      const changed = changesIn(await readFile(events, "utf8").catch(() => ""));
      return { code: exitCode, output, changed, seconds: (Date.now() - start) / 1000 };
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  private cli(args: string[]) {
    return execa("pulumi", [...args, "--stack", this.name], {
      cwd: this.instance.checkout,
      // --event-log is one of the options that the CLI has for those who test with it.
      env: { ...this.env, PULUMI_DEBUG_COMMANDS: "true" },
      all: true,
      reject: false,
      timeout: RUN_TIMEOUT,
    });
  }
}

// Element by element in a list, setting by setting in a group.
function over(known: unknown, value: SettingValues[string]): unknown {
  if (!Array.isArray(value)) return { ...(known as object | undefined), ...value };
  const elements = known as readonly object[];
  return value.map((one: object, index) => ({ ...elements[index], ...one }));
}

function configOf(text: string): Record<string, Record<string, unknown>> {
  return (parse(text) as { config: Record<string, Record<string, unknown>> }).config;
}

/** Operations of the engine that leave a resource as it is. */
const IDLE = ["same", "read", "refresh"];

function changesIn(events: string): string[] {
  const names = events
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => (JSON.parse(line) as EngineEvent).resourcePreEvent ?? [])
    .map(({ metadata }) => metadata)
    .filter(({ op, type }) => !IDLE.includes(op) && !type.startsWith("pulumi:") && !type.startsWith("homeport:"))
    .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
  return [...new Set(names)].sort();
}
