import { ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";

import execa from "execa";

import { BrowserPage } from "./browser-page";
import { missingTool } from "./tools";

/** What a browser of these tests believes in and where it finds the site. */
export interface BrowserWorld {
  /** PEM of the authorities it trusts beside the public ones. */
  readonly authorities: string;
  /** Addresses by host name; every other name does not exist. */
  readonly names: Readonly<Record<string, string>>;
}

/** A message of the DevTools protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** An event of the protocol. */
export interface BrowserEvent {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Milliseconds Chromium may take to answer; it may have to share two processors with emulated ones. */
const ANSWER = 60_000;

/** Headless Chromium with a profile of its own, driven by the DevTools protocol through a pipe. */
export class Browser {
  private nextId = 1;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly listeners = new Map<string, (event: BrowserEvent) => void>();

  private constructor(
    private readonly directory: string,
    private readonly process: ChildProcess,
  ) {
    let rest = "";
    (process.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const messages = `${rest}${text}`.split("\0");
      rest = messages.pop() ?? "";
      messages.forEach((message) => {
        this.receive(JSON.parse(message) as Message);
      });
    });
  }

  /** Why there can be no browser here; undefined if there can. */
  public static missing(): string | undefined {
    // certutil has no question that it answers with success.
    const certutil = spawnSync("certutil", ["-H"]).error && "there is no certutil here (package libnss3-tools)";
    return missingTool("chromium", ["--version"]) ?? certutil;
  }

  public static async start(world: BrowserWorld): Promise<Browser> {
    const directory = await mkdtemp(join(tmpdir(), "homeport-browser-"));
    await trust(directory, world.authorities);
    const rules = Object.entries(world.names).map(([name, address]) => `MAP ${name} ${address}`);
    const child = spawn(
      "chromium",
      [
        "--headless",
        // Its sandbox does not work for root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--remote-debugging-pipe",
        `--user-data-dir=${join(directory, "profile")}`,
        `--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND"].join(", ")}`,
        ...["--disable-gpu", "--disable-background-networking", "--no-first-run", "--hide-scrollbars"],
        ...["--disable-dev-shm-usage", "--force-color-profile=srgb"],
      ],
      { env: { ...process.env, HOME: directory }, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    return new Browser(directory, child);
  }

  /** A new page. */
  public async page(): Promise<BrowserPage> {
    const { targetId } = await this.ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
    return BrowserPage.open(this, sessionId as string);
  }

  /** Asks the browser, or a page of it, to do something. */
  public async ask(
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = this.nextId++;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    (this.process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Message>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`Chromium has not answered ${method} for ${ANSWER / 1000} s`));
      }, ANSWER);
    });
    const { result, error } = await Promise.race([answer, late]).finally(() => {
      clearTimeout(timer);
    });
    if (error !== undefined) throw new Error(`Chromium: ${method}: ${error.message}`);
    return result ?? {};
  }

  /** Subscribes to the events of a page. */
  public listen(sessionId: string, listener: (event: BrowserEvent) => void): void {
    this.listeners.set(sessionId, listener);
  }

  /** Ends it and removes its profile. */
  public async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    await rm(this.directory, { recursive: true, maxRetries: 5 });
  }

  private receive({ id, method, params = {}, sessionId, ...answer }: Message): void {
    if (id !== undefined) {
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    } else if (method !== undefined && sessionId !== undefined) {
      this.listeners.get(sessionId)?.({ method, params });
    }
  }
}

/** Chromium on Linux believes what the NSS database in the home directory says, beside its own list. */
async function trust(home: string, authorities: string): Promise<void> {
  const database = join(home, ".pki", "nssdb");
  await mkdir(database, { recursive: true });
  await execa("certutil", ["-N", "-d", `sql:${database}`, "--empty-password"]);
  const certificates = authorities.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  for (const [index, pem] of certificates.entries()) {
    const file = join(home, `authority-${index}.pem`);
    await writeFile(file, pem);
    await execa("certutil", ["-A", "-d", `sql:${database}`, "-n", `lab ${index}`, "-t", "C,,", "-i", file]);
  }
}
