import Docker from "dockerode";

import { exec } from "../../lab/engine/containers";
import { HostName } from "../../lab/hosts/name";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was seen of the processes of a machine, as text. */
export interface SeenProcesses {
  /** Arguments of all, and environments of those outside of its containers. */
  readonly seen: string;
  /** Environments of those in its containers. */
  readonly inContainers: string;
}

/** A machine of the lab with its power button and its console, where root is logged in; neither needs the machine's network. */
export class LabMachine {
  public constructor(
    private readonly docker: Docker,
    public readonly name: HostName,
    public readonly container: string,
    public readonly address: string,
  ) {}

  /** Runs a bash script at the console and gives its stdout. It has to end well. */
  public async run(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(script);
    if (code !== 0) throw new Error(`${this.name}: exited with ${code}\n${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a bash script at the console. Its text goes by stdin, so that no process list has it. */
  public async attempt(script: string): Promise<Ended> {
    return exec(this.docker, this.container, ["bash", "-eu", "-s"], `${script}\n`);
  }

  /** The lines of a script's stdout. */
  public async lines(script: string): Promise<string[]> {
    return (await this.run(script)).split("\n").filter((line) => line !== "");
  }

  /** Does something, and gives what was seen of all processes on the machine meanwhile. */
  public async watchingProcesses<T>(action: () => Promise<T>): Promise<{ readonly result: T } & SeenProcesses> {
    const file = "/dev/shm/homeport-lab-tests.processes";
    const watching = this.run(`umask 077
touch ${file}.on
while [ -e ${file}.on ]; do
  own=() others=()
  for process in /proc/[0-9]*; do
    if [ $process/ns/pid -ef /proc/1/ns/pid ]; then own+=("$process/environ"); else others+=("$process/environ"); fi
  done
  cat /proc/[0-9]*/cmdline "\${own[@]}" 2>/dev/null | tr '\\0' '\\n' | sed 's/^/seen /'
  cat /dev/null "\${others[@]}" 2>/dev/null | tr '\\0' '\\n' | sed 's/^/inContainers /'
  sleep 0.05
done | awk '!seen[$0]++' >${file}
cat ${file}
rm ${file}`);
    // oxlint-disable-next-line typescript/no-misused-promises -- `finally` awaits it
    const result = await action().finally(() => this.run(`rm ${file}.on`));
    const lines = (await watching).split("\n");
    const of = (place: keyof SeenProcesses): string =>
      lines.flatMap((line) => (line.startsWith(`${place} `) ? [line.slice(place.length + 1)] : [])).join("\n");
    return { result, seen: of("seen"), inContainers: of("inContainers") };
  }

  /** An orderly restart: systemd shuts down and boots again. */
  public async restart(): Promise<void> {
    await this.docker.getContainer(this.container).restart({ t: 60 });
  }

  /** The power is cut and comes back. */
  public async powerCut(): Promise<void> {
    await this.docker.getContainer(this.container).kill();
    await this.docker.getContainer(this.container).start();
  }

  /** The machine is gone, and with it its disk: `provideLab` makes another one of its name, which is bare. */
  public async throwAway(): Promise<void> {
    const container = this.docker.getContainer(this.container);
    const { Mounts } = await container.inspect();
    await container.remove({ force: true, v: true });
    // Docker's own files are on a volume with a name.
    for (const { Type, Name } of Mounts) if (Type === "volume" && Name !== undefined) await this.removeVolume(Name);
  }

  private async removeVolume(name: string): Promise<void> {
    await this.docker
      .getVolume(name)
      .remove()
      .catch((error: unknown) => {
        if (!/no such volume/i.test(String(error))) throw error;
      });
  }

  /** The machine hangs for as long as an action takes: it keeps its addresses and answers nothing. */
  public async hanging<T>(action: () => Promise<T>): Promise<T> {
    const container = this.docker.getContainer(this.container);
    await container.pause();
    try {
      return await action();
    } finally {
      await container.unpause();
    }
  }
}
