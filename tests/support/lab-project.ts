import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DOMAIN, STACK } from "../../lab/domain";
import { until } from "../../lab/process";
import { outputs, Lab, StackOutputs, theLab } from "./lab";
import { BrowserAtHome } from "./lab-browser-at-home";
import { StackRun } from "./lab-stack";
import { Page, visit } from "./lab-visitor";
import { baseOf } from "./projects/base-images";
import { buildOn, makeProject, ProjectKind } from "./projects/make";

/** Seconds for a new name to be known and a certificate to be had. */
const FIRST_ANSWER = 120;

/**
 * A project, deployed beside the lab's own site as a guest on its machines: its data is in volumes of its own, which are removed with it, and the lab's
 * site stays as it is.
 */
export class LabProject {
  private constructor(
    private readonly owner: Lab,
    /** The lab, with the project's stack instead of the lab's own. */
    public readonly lab: Lab,
    /** The project's folder. */
    public readonly directory: string,
  ) {}

  /** Makes a project, and a stack that has these lines of `homeport:app` besides its `context`; nothing is deployed yet. */
  public static async make(kind: ProjectKind, app: Readonly<Record<string, unknown>>): Promise<LabProject> {
    const owner = await theLab();
    const directory = await mkdtemp(join(tmpdir(), `homeport-${kind}-`));
    await makeProject(kind, directory);
    const base = await baseOf(owner, kind);
    if (base !== undefined) await buildOn(directory, base);
    const name = `${kind}.${DOMAIN}`;
    const { python, redis } = ((await owner.stack.setting("homeport:images")) ?? {}) as Record<string, unknown>;
    const stack = await owner.stack.another(kind, {
      "homeport:host": { stack: STACK },
      "homeport:domain": name,
      "homeport:hosts": [name],
      // What is of this lab alone: where records are kept, its images, and that all labs of a machine share one count of processes.
      "homeport:dns": await owner.stack.setting("homeport:dns"),
      "homeport:images": {
        ...(python === undefined ? {} : { python }),
        ...(redis === undefined ? {} : { redis }),
      },
      "homeport:app": { maxProcesses: 2048, context: directory, ...app },
    });
    return new LabProject(owner, { ...owner, stack }, directory);
  }

  /** Deploys it, and waits until the visitor gets an answer of it. */
  public async deploy(): Promise<StackRun> {
    const run = await this.lab.stack.up();
    if (run.code !== 0) throw new Error(`pulumi up exited with ${run.code}:\n${run.output}`);
    await until("the project to answer the visitor", FIRST_ANSWER, async () => (await this.visit("/")).status);
    return run;
  }

  /** Adds a line to a file of the project, and deploys that. */
  public async deployChange(file: string, line: string): Promise<StackRun> {
    await appendFile(join(this.directory, file), `${line}\n`);
    return this.deploy();
  }

  /** Removes it from the machines, with all its data. */
  public async remove(): Promise<void> {
    const { stack, machines } = this.lab;
    const run = await stack.destroy();
    if (run.code !== 0) throw new Error(`pulumi destroy exited with ${run.code}:\n${run.output}`);
    await machines.pi.run(`docker volume ls -q | grep '^homeport-${stack.name}-' | xargs -r docker volume rm`);
    await stack.forget();
    await rm(this.directory, { recursive: true });
  }

  /** What its stack says. */
  public async outputs(): Promise<StackOutputs> {
    return outputs(this.lab);
  }

  /** The address of a path on the internet. */
  public async url(path: string): Promise<string> {
    return new URL(path, (await this.outputs()).url).href;
  }

  /** A page as the visitor gets it. */
  public async visit(path: string, ...options: string[]): Promise<Page> {
    return visit(this.owner.machines.visitor, await this.url(path), ...options);
  }

  /** Does something at home, where the admin is. */
  public async atHome<T>(action: (browser: BrowserAtHome) => Promise<T>): Promise<T> {
    const { admin } = await this.outputs();
    return BrowserAtHome.open(new URL(admin.url).origin, this.owner.addresses.pi, action);
  }

  /** The name of the container that serves. */
  public async container(): Promise<string> {
    const { app } = await this.outputs();
    const filters = `--filter label=homeport.app=${app} --filter label=homeport.role=web`;
    const names = await this.owner.machines.pi.lines(`docker ps --format '{{.Names}}' ${filters}`);
    const [name] = names;
    if (name === undefined || names.length > 1)
      throw new Error(`expected one container of ${app}, found ${names.join(", ")}`);
    return name;
  }

  /** The SHA-256 of what the visitor gets at a path, in hexadecimal digits. */
  public async digest(path: string): Promise<string> {
    const words = await this.owner.machines.visitor.run(`curl -sSf '${await this.url(path)}' | sha256sum`);
    return words.split(" ")[0] ?? "";
  }
}
