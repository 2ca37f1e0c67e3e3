import { PassThrough } from "node:stream";

import Docker from "dockerode";

import { UserError } from "../../lib/errors";

/** What a command in a container wrote, and its exit code. */
interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The container of a name, or undefined. */
export async function inspect(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo | undefined> {
  return docker.getContainer(name).inspect().catch(missing);
}

/** Undefined for the engine's answer 404; any other error is thrown again. */
export function missing(error: unknown): undefined {
  if (typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 404) {
    return undefined;
  }
  throw error;
}

/** Runs a shell script as root in a container; its text, with all it carries, goes by stdin. Gives its stdout. */
export async function script(docker: Docker, container: string, what: string, text: string): Promise<string> {
  const ended = await exec(docker, container, ["sh", "-s"], text);
  if (ended.code !== 0) {
    throw new UserError(
      `${container}: ${what} exited with ${ended.code}\n${(ended.stdout + ended.stderr).slice(-2000)}`.trim(),
    );
  }
  return ended.stdout;
}

/** Runs a command in a container. */
export async function exec(docker: Docker, container: string, command: readonly string[], input = ""): Promise<Ended> {
  const started = await docker.getContainer(container).exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await started.start({ hijack: true, stdin: true });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const stdout = new PassThrough().on("data", (chunk: Buffer) => out.push(chunk));
  const stderr = new PassThrough().on("data", (chunk: Buffer) => err.push(chunk));
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.end(input);
  await new Promise<void>((resolve, reject) => {
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  const { ExitCode } = await started.inspect();
  return { code: ExitCode ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}
