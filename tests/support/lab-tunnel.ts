import { LabMachine } from "./lab-machine";

/** Seconds until a port counts as one that drops; an open one answers in a few milliseconds. */
const PATIENCE = 3;

/** The exit code of timeout(1) where time was up. */
const TIME_UP = 124;

/** Address of a machine in the tunnel. */
export async function tunnelAddress(machine: LabMachine): Promise<string> {
  return (await machine.run('ip -4 -o address show wg0 | awk \'{ sub("/.*", "", $4); print $4 }\'')).trim();
}

/** What a machine meets at a TCP port of another one. */
export async function portFrom(from: LabMachine, address: string, port: number): Promise<"open" | "shut" | "silent"> {
  const { code } = await from.attempt(`timeout ${PATIENCE} bash -c 'exec 3<>/dev/tcp/${address}/${port}'`);
  if (code === 0) return "open";
  return code === TIME_UP ? "silent" : "shut";
}
