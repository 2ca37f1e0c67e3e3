import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const LAUNCHER = path.resolve(__dirname, "../launch.sh");

/** How long a plugin may outlive its engine, in milliseconds: it looks once a second. */
const ORPHAN_LIMIT = 5000;

/** True while a process of this id lives. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a stand-in's process", () => {
  it.each(["random", "tls", "cloudflare", "command"])(
    "prints the port of %s first, and ends on SIGINT",
    async (name) => {
      const child = spawn("sh", [LAUNCHER, name, "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
      const [out] = (await once(child.stdout, "data")) as [Buffer];
      expect(out.toString()).toMatch(/^\d+\n$/);
      child.kill("SIGINT");
      expect(await once(child, "exit")).toEqual([0, null]);
    },
  );

  it("ends by itself when the engine that started it is gone", async () => {
    // The shell stands for the engine: it starts the plugin, tells its id, and is killed.
    const script = `sh "${LAUNCHER}" random 127.0.0.1:1 & echo "pid $!"; wait`;
    const engine = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    for await (const chunk of engine.stdout) {
      out += String(chunk);
      if (/^pid \d+$/m.test(out) && /^\d+$/m.test(out)) break;
    }
    const pid = Number(/^pid (\d+)$/m.exec(out)?.[1]);
    expect(lives(pid)).toBe(true);
    engine.kill("SIGKILL");
    const deadline = Date.now() + ORPHAN_LIMIT;
    while (lives(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lives(pid)).toBe(false);
  });
});
