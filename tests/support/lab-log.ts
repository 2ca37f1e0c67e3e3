import { LabMachine } from "./lab-machine";

/** One line of the application's log. */
export interface Logged {
  readonly logger?: string;
  readonly path?: string;
  readonly client?: string;
}

/** What a container of the application has logged of requests for a path in the last minutes. */
export async function loggedRequests(machine: LabMachine, container: string, path: string): Promise<Logged[]> {
  const lines = await machine.lines(`docker logs --since 5m ${container} 2>&1 | grep -F '${path}' || true`);
  return lines.map((line) => JSON.parse(line) as Logged).filter((line) => line.path === path);
}
