import { ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { Ended } from "./tools";

/** A copy of this machine's files that keeps what is written to itself, in namespaces that end with the process. `$1`: an empty directory. */
const SETUP = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs tmpfs "$1/root/run"
mount -t tmpfs tmpfs "$1/root/tmp"
mkdir "$1/root/tmp/bin" "$1/root/run/fake"
`;

const PATH = "/tmp/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const NAMESPACES = ["--mount", "--net", "--propagation", "private", "sh", "-c"];

/** A machine of its own for what runs as root on a host: files and network of this one, changed without trace. */
export class Sandbox {
  private directory = "";
  private process: ChildProcess | undefined;

  /** Why there can be no sandbox here; undefined: there can. */
  public static missing(): string | undefined {
    const directory = mkdtempSync(path.join(tmpdir(), "homeport-sandbox-"));
    const { error, status, stderr } = spawnSync("unshare", [...NAMESPACES, SETUP, "sh", directory], {
      encoding: "utf8",
    });
    rmSync(directory, { recursive: true });
    if (error === undefined && status === 0) return undefined;
    return `needs root and the right to mount: ${(error?.message ?? stderr).trim()}`;
  }

  /** Starts it, with programs that stand before the machine's own; they keep their state in /run/fake. */
  public async start(programs: Readonly<Record<string, string>>): Promise<void> {
    this.directory = mkdtempSync(path.join(tmpdir(), "homeport-sandbox-"));
    const child = spawn("unshare", [...NAMESPACES, `${SETUP}echo ready\nexec cat`, "sh", this.directory], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => {
        resolve();
      });
      child.once("exit", (code) => {
        reject(new Error(`the sandbox exited with ${String(code)}`));
      });
    });
    for (const [name, body] of Object.entries(programs))
      this.run(["sh", "-c", 'cat >"$1" && chmod 0755 "$1"', "sh", `/tmp/bin/${name}`], `#!/bin/sh\n${body}`);
  }

  /** Runs a program in it. */
  public run(command: readonly string[], input = ""): Ended {
    const namespaces = ["--target", String(this.process?.pid), "--mount", "--net"];
    const { status, stdout, stderr } = spawnSync(
      "nsenter",
      [...namespaces, "chroot", path.join(this.directory, "root"), ...command],
      { input, encoding: "utf8", env: { PATH, HOME: "/root" } },
    );
    return { code: status, stdout, stderr };
  }

  /** Runs shell commands that must succeed; returns what they wrote. */
  public sh(commands: string): string {
    const { code, stdout, stderr } = this.run(["sh", "-euc", commands]);
    if (code !== 0) throw new Error(`${commands}: exited with ${String(code)}: ${stderr}`);
    return stdout;
  }

  /** Ends it; nothing of it stays, and it can be started anew. */
  public async stop(): Promise<void> {
    const child = this.process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin?.end();
      await ended;
    }
    rmSync(this.directory, { recursive: true });
  }
}
