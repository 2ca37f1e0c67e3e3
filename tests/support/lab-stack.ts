import { appendFile, copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
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

/**
 * Values of the stack's configuration by key, such as `homeport:tunnel`. A group is put over the lab's own, and so is each group in a list; everything
 * else takes its place.
 */
export type SettingValues = Readonly<Record<string, unknown>>;

/** Milliseconds after which a run counts as hung; the longest is a first `up`. */
const RUN_TIMEOUT = 600_000;

/** The program's name, as Pulumi.yaml has it. */
const PROJECT = "homeport";

/** The exit code of a killed process, as a shell gives it. */
const KILLED = 128 + 9;

/** The parts of the engine's events that are read here. */
interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
}

/** A run of the CLI that has not ended. */
export interface RunningCli {
  /** To the CLI's own process, and to none that it has started. */
  signal(name: "SIGINT" | "SIGKILL"): void;
  /** How many operations on resources have begun. */
  operations(): Promise<number>;
  ended(): boolean;
}

/** A stack of the lab, through the Pulumi CLI and nothing else. */
export class LabStack {
  public constructor(
    private readonly instance: Instance,
    public readonly env: Readonly<Record<string, string>>,
    public readonly name = STACK,
  ) {}

  /** What was read of the state: it is the same until the state is written again, and each look costs a start of the CLI. */
  private readonly read = new Map<string, { readonly version: string; readonly value: unknown }>();

  /** Makes another stack of the program: `pulumi stack init`, and a file with its settings. */
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

  /** The same stack for somebody with other variables in the environment. */
  public withEnvironment(variables: Readonly<Record<string, string>>): LabStack {
    return new LabStack(this.instance, { ...this.env, ...variables }, this.name);
  }

  public async preview(...options: string[]): Promise<StackRun> {
    return this.run(["preview", "--diff", ...options]);
  }

  public async up(...options: string[]): Promise<StackRun> {
    return this.run(["up", "--yes", "--skip-preview", ...options]);
  }

  /** An `up` with other settings that has to end well. */
  public async deploy(settings: SettingValues = {}, ...options: string[]): Promise<StackRun> {
    const run = await this.withSettings(settings, () => this.up(...options));
    if (run.code !== 0) throw new Error(`pulumi up exited with ${run.code}:\n${run.output}`);
    return run;
  }

  /** `up`, and something that is done to it meanwhile. */
  public async upMeanwhile(action: (cli: RunningCli) => Promise<void>): Promise<StackRun> {
    return this.run(["up", "--yes", "--skip-preview"], action);
  }

  /** What the docs say to run after an `up` that was cut off. */
  public async recover(): Promise<Pick<StackRun, "code" | "output" | "seconds">> {
    const start = Date.now();
    const { exitCode, all } = await execa("npm", ["run", "--silent", "recover", "--", "--stack", this.name], {
      ...this.options,
      timeout: 2 * RUN_TIMEOUT,
    });
    const output = all ?? "";
    await appendFile(this.transcript, `$ npm run recover\n${output}\n`, { mode: 0o600 });
    return { code: exitCode, output, seconds: (Date.now() - start) / 1000 };
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

  /** Reads something of the state, once for each state. */
  public async known<T>(name: string, look: () => Promise<T>): Promise<T> {
    const version = await this.stateVersion();
    const before = this.read.get(name);
    if (before !== undefined && version !== undefined && before.version === version) return before.value as T;
    const value = await look();
    if (version !== undefined) this.read.set(name, { version, value });
    return value;
  }

  /** Where the words of all runs of these tests are kept, so that they can be searched for secrets. */
  public get transcript(): string {
    return join(this.instance.directory, "lab-tests.log");
  }

  /** A value of the stack's configuration, such as `homeport:servers`. */
  public async setting(key: string): Promise<unknown> {
    const { committed, local } = await this.configuration();
    return local[key] ?? committed[key];
  }

  /** Runs an action with other settings than the lab's, groups put over what it has; the settings are back afterwards. */
  public async withSettings<T>(values: SettingValues, action: () => Promise<T>): Promise<T> {
    const { file, original, committed, local } = await this.configuration();
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

  /**
   * Runs an action with a secret setting, or a secret part of one, that the stack does not have: with the CLI's options that name a copy of the committed
   * file, which has it in addition.
   */
  public async withSecret<T>(key: string, value: string, action: (options: string[]) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-settings-"));
    const options = ["--config-file", join(directory, `Pulumi.${this.name}.yaml`)];
    try {
      await copyFile(join(this.instance.checkout, `Pulumi.${this.name}.yaml`), options[1] ?? "");
      const { exitCode, all } = await this.cli(["config", "set", "--secret", "--path", key, ...options], value);
      if (exitCode !== 0) throw new Error(`${key} was not set:\n${all ?? ""}`);
      return await action(options);
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  /** Changes whenever the state does; undefined where there is none. */
  private async stateVersion(): Promise<string | undefined> {
    const backend = join(this.instance.directory, "backend", ".pulumi", "stacks", PROJECT, `${this.name}.json`);
    const found = await stat(backend, { bigint: true }).catch(() => undefined);
    return found === undefined ? undefined : `${found.mtimeNs} ${found.size} ${found.ino}`;
  }

  private get settingsFile(): string {
    return join(this.instance.checkout, `Pulumi.${this.name}.local.yaml`);
  }

  private async configuration() {
    const file = this.settingsFile;
    const original = await readFile(file, "utf8");
    const committed = await readFile(join(this.instance.checkout, `Pulumi.${this.name}.yaml`), "utf8");
    return { file, original, local: configOf(original), committed: configOf(committed) };
  }

  private async run(command: string[], meanwhile?: (cli: RunningCli) => Promise<void>): Promise<StackRun> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-events-"));
    const file = join(directory, "events.json");
    const events = (): Promise<string> => readFile(file, "utf8").catch(() => "");
    const start = Date.now();
    try {
      const running = this.cli([...command, "--non-interactive", "--event-log", file]);
      await meanwhile?.({
        signal: (name) => running.kill(name),
        operations: async () => operationsIn(await events()).length,
        ended: () => running.exitCode !== null || running.signalCode !== null,
      });
      const { exitCode, signal, all } = await running;
      const output = all ?? "";
      await appendFile(this.transcript, `$ pulumi ${command.join(" ")}\n${output}\n`, { mode: 0o600 });
      const changed = [...new Set(operationsIn(await events()))].sort();
      const code = signal === undefined ? exitCode : KILLED;
      return { code, output, changed, seconds: (Date.now() - start) / 1000 };
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  private cli(args: string[], input?: string) {
    const options = { ...this.options, ...(input === undefined ? {} : { input }), timeout: RUN_TIMEOUT };
    return execa("pulumi", [...args, "--stack", this.name], options);
  }

  private get options() {
    return {
      cwd: this.instance.checkout,
      // --event-log is one of the options that the CLI has for those who test with it.
      env: { ...this.env, PULUMI_DEBUG_COMMANDS: "true" },
      all: true,
      reject: false,
    } as const;
  }
}

// Element by element in a list, setting by setting in a group.
function over(known: unknown, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((one: unknown, index) => over((known as unknown[] | undefined)?.[index], one));
  return isGroup(value) ? { ...(known as object | undefined), ...value } : value;
}

function configOf(text: string): Record<string, Record<string, unknown>> {
  return (parse(text) as { config: Record<string, Record<string, unknown>> }).config;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Operations of the engine that leave a resource as it is. */
const IDLE = ["same", "read", "refresh"];

/** The names of the resources that are changed, in the order in which it begins; a replacement has several. The last line may be half written. */
function operationsIn(events: string): string[] {
  return events
    .slice(0, events.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => (JSON.parse(line) as EngineEvent).resourcePreEvent ?? [])
    .map(({ metadata }) => metadata)
    .filter(({ op, type }) => !IDLE.includes(op) && !type.startsWith("pulumi:") && !type.startsWith("homeport:"))
    .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
}
