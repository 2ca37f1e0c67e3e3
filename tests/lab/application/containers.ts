import { theLab } from "../../support/lab";
import { SiteContainer, siteContainers, siteShell } from "../../support/lab-site";

const MEGABYTE = 1024 * 1024;

/** What the site runs in, on the Pi. */
export function containerTests(): void {
  it("run unprivileged, on a read-only disk, without privileges and without Docker's socket", async () => {
    for (const { Name, Config, HostConfig, Mounts } of await all()) {
      expect([Name, Config.User]).toEqual([Name, expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
      expect([Name, HostConfig]).toMatchObject([
        Name,
        { ReadonlyRootfs: true, Privileged: false, CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"] },
      ]);
      expect(HostConfig.CapAdd ?? []).toEqual([]);
      expect(Mounts.filter(({ Source }) => Source.endsWith("docker.sock"))).toEqual([]);
    }
  });

  it("have no process of root and none with a capability", async () => {
    const { pi } = (await theLab()).machines;
    for (const { Name } of await running()) {
      const processes = await pi.lines(
        `for pid in $(docker top ${Name.slice(1)} -o pid | tail -n +2); do
           awk '/^Uid:/ { uid = $2 } /^CapEff:/ { cap = $2 } /^CapBnd:/ { bound = $2 } END { print uid, cap, bound }' /proc/$pid/status
         done`,
      );
      expect(processes.length).toBeGreaterThan(0);
      for (const process of processes) {
        expect(process).toMatch(/^[1-9]\d* 0000000000000000 0000000000000000$/);
      }
    }
  });

  it("have bounded memory, without swap, and bounded logs", async () => {
    for (const { Name, HostConfig } of await all()) {
      const { Memory, MemorySwap, LogConfig } = HostConfig;
      expect([Name, Memory, MemorySwap]).toEqual([Name, expectedMemory(Name), expectedMemory(Name)]);
      expect(LogConfig).toEqual({ Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } });
    }
  });

  it("have a memory limit that the kernel enforces", async () => {
    const { pi } = (await theLab()).machines;
    for (const { Name } of await running()) {
      const limit = await pi.run(`group=$(docker inspect -f '{{.Id}}' ${Name.slice(1)})
cat $(find /sys/fs/cgroup -path "*$group*" \\( -name memory.limit_in_bytes -o -name memory.max \\) | head -n 1)`);
      expect([Name, Number(limit)]).toEqual([Name, expectedMemory(Name)]);
    }
  });

  it("have a process limit that they cannot raise and the kernel enforces", async () => {
    const { pi } = (await theLab()).machines;
    for (const { Name, HostConfig } of await running()) {
      const [limit] = HostConfig.Ulimits ?? [];
      expect(limit).toEqual({ Name: "nproc", Soft: expect.any(Number) as number, Hard: limit?.Soft });
      const [pid = ""] = await pi.lines(`docker inspect -f '{{.State.Pid}}' ${Name.slice(1)}`);
      const [, soft, hard] = /Max processes\s+(\d+)\s+(\d+)/.exec(await pi.run(`cat /proc/${pid}/limits`)) ?? [];
      expect([soft, hard].map(Number)).toEqual([limit?.Soft, limit?.Soft]);
    }
    const said = await siteShell(
      pi,
      `import os, resource
soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
try:
    resource.setrlimit(resource.RLIMIT_NPROC, (hard + 1, hard + 1))
except (ValueError, PermissionError):
    print("not raised")
resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
try:
    os.fork() or os._exit(0)
except BlockingIOError:
    print("no more")`,
    );
    expect(said.trim().split("\n").slice(-2)).toEqual(["not raised", "no more"]);
  });

  it("are asked by the proxy how they are, the proxy by Docker, and come back after a reboot", async () => {
    for (const { Name, State, HostConfig } of await running()) {
      const health = Name.startsWith("/traefik") ? "healthy" : undefined;
      expect([Name, State.Health?.Status, HostConfig.RestartPolicy.Name]).toEqual([Name, health, "always"]);
    }
  });
}

/** Traefik, the site, and the task that released it. */
async function all(): Promise<SiteContainer[]> {
  const found = await siteContainers((await theLab()).machines.pi);
  expect(found.length).toBeGreaterThanOrEqual(3);
  return found;
}

async function running(): Promise<SiteContainer[]> {
  const found = (await all()).filter(({ State }) => State.Running);
  expect(found.length).toBeGreaterThanOrEqual(2);
  return found;
}

/** The default of app.memoryMb, and what Traefik has. Bytes. */
function expectedMemory(name: string): number {
  return (name.startsWith("/traefik") ? 256 : 512) * MEGABYTE;
}
