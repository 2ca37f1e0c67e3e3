import { until } from "../../lab/process";
import { Lab } from "./lab";
import { interrupt, startCommand } from "./lab-command";

/** Seconds for ssh to connect and the port to answer. */
const FORWARD_SECONDS = 60;

/** `npm run admin` while it runs. */
export interface AdminForward {
  /** Where the admin is on this machine. */
  readonly url: string;
  /** The port of this machine that was asked for. */
  readonly port: number;
  /** The output of the command so far. */
  readonly said: () => string;
}

/** Does something while `npm run admin` runs, as from a network elsewhere. */
export async function throughAdmin<T>(lab: Lab, action: (forward: AdminForward) => Promise<T>): Promise<T> {
  const port = 20_000 + (process.pid % 10_000);
  const admin = startCommand(lab, "admin", ["--port", String(port)]);
  let said = "";
  admin.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  try {
    const url = await until("npm run admin to say where the admin is", FORWARD_SECONDS, () =>
      Promise.resolve(/https:\/\/localhost:\d+\/admin\//.exec(said)?.[0]),
    );
    return await action({ url, port, said: () => said });
  } finally {
    interrupt(admin);
    await admin;
  }
}
