import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

import Docker from "dockerode";
import { pack } from "tar-fs";

/** Images that differ in a label and have a shell: what the recorded cases run. */
const IMAGES = ["conformance:1", "conformance:2"] as const;

/** The image that the recorded build makes; the plugin leaves it when the resource is deleted. */
const BUILT = "conformance-built:1";

/** Where a static busybox is (Debian's busybox-static). */
const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"];

/** The cache of the labs of this user, where a lab that found no engine has its own. */
const LAB_CACHE =
  process.env.HOMEPORT_LAB_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "homeport-lab");

/** In the order in which a lab takes them: DOCKER_HOST alone where it is set, else the default engine, else the lab's own. */
const SOCKETS = process.env.DOCKER_HOST
  ? [process.env.DOCKER_HOST.replace(/^unix:\/\//, "")]
  : ["/var/run/docker.sock", path.join(LAB_CACHE, "engine", "docker.sock")];

/** The engine that tests may use: the first that answers. */
export const DOCKER_SOCKET = SOCKETS.find((socket) => imagesAt(socket) !== undefined) ?? SOCKETS.join(" or ");

/** Why nothing can be run on an engine here; undefined when it can. Tests that need one are skipped with this reason. */
export function noEngine(): string | undefined {
  const images = imagesAt(DOCKER_SOCKET);
  if (images === undefined) return `no Docker engine answers at ${DOCKER_SOCKET}: \`npm run lab\` starts one`;
  if (base(images) === undefined) return "no image with a shell: install busybox-static, or run `npm run lab` once";
  return undefined;
}

/** The images of the engine at a socket, as it lists them; undefined when none answers. */
function imagesAt(socket: string): string | undefined {
  if (!existsSync(socket)) return undefined;
  // Jest wants to know before the first await, so the question is asked by a process of its own.
  const ask = `require("http").get({socketPath:process.argv[1],path:"/images/json"},(r)=>{let t="";r.on("data",(d)=>t+=d).on("end",()=>console.log(t))})`;
  const options = { timeout: 5000, encoding: "utf8" } as const;
  const { status, stdout } = spawnSync(process.execPath, ["-e", ask, socket], options);
  return status === 0 ? stdout : undefined;
}

/** What the images are made from: the base image of the lab's hosts, or busybox. */
function base(images: string): string | undefined {
  return /"(homeport-lab\/debian:[^"]+)"/.exec(images)?.[1] ?? BUSYBOX.find(isStatic);
}

/** A busybox that needs the libraries of its machine cannot run in an empty image. */
function isStatic(file: string): boolean {
  return existsSync(file) && !readFileSync(file).includes("/ld-linux");
}

/** Makes the two images; `remove` takes them away again, and the one that the cases built of them. */
export async function conformanceImages(): Promise<{ remove(): Promise<void> }> {
  const docker = new Docker({ socketPath: DOCKER_SOCKET });
  const from = base(JSON.stringify(await docker.listImages())) ?? "scratch";
  for (const [index, tag] of IMAGES.entries()) await build(docker, from, tag, index + 1);
  return {
    async remove() {
      for (const tag of [...IMAGES, BUILT]) await docker.getImage(tag).remove({ force: true }).catch(unlessGone);
    },
  };
}

async function build(docker: Docker, from: string, tag: string, label: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "homeport-conformance-"));
  try {
    const isFile = existsSync(from);
    if (isFile) copyFileSync(from, path.join(folder, "busybox"));
    const install = `FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]`;
    writeFileSync(
      path.join(folder, "Dockerfile"),
      `${isFile ? install : `FROM ${from}`}\nLABEL conformance=${label}\n`,
    );
    const answer = await docker.buildImage(pack(folder), { t: tag, version: "2" });
    const failed = await new Promise<string | undefined>((resolve, reject) => {
      docker.modem.followProgress(answer, (error, events: { error?: string }[]) => {
        if (error) reject(error);
        else resolve(events.find((event) => event.error !== undefined)?.error);
      });
    });
    if (failed !== undefined) throw new Error(`building ${tag}: ${failed}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Removes what a case left behind on purpose: a container that never became healthy. */
export async function removeContainers(prefix: string): Promise<void> {
  const docker = new Docker({ socketPath: DOCKER_SOCKET });
  const left = await docker.listContainers({ all: true, filters: { name: [`^/${prefix}-`] } });
  for (const { Id } of left) await docker.getContainer(Id).remove({ force: true, v: true });
}

/** Removes a volume that a case named. */
export async function removeVolume(name: string): Promise<void> {
  await new Docker({ socketPath: DOCKER_SOCKET }).getVolume(name).remove({ force: true }).catch(unlessGone);
}

/** A case that was not run has made nothing. */
function unlessGone(error: unknown): void {
  const gone = error instanceof Error && "statusCode" in error && error.statusCode === 404;
  if (!gone) throw error;
}
