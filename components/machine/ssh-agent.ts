import { once } from "node:events";
import { connect } from "node:net";

import { messageOf, UserError } from "../../lib/errors";

/** Time for the agent to take a connection, milliseconds; it is a socket on this machine. */
const PATIENCE = 2000;

/**
 * Refuses an ssh agent that does not answer. Pulumi's plugin connects to the one that the environment names even where it then logs in with a key file
 * (pulumi-command, remote/connection.go), so `up` would fail where `preview`, by OpenSSH, did not. `socket`: of SSH_AUTH_SOCK; none is no fault here.
 */
export async function refuseDeadAgent(socket: string | undefined): Promise<void> {
  if (socket === undefined || socket === "") return;
  const agent = connect(socket);
  try {
    await once(agent, "connect", { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new UserError(
      `no ssh agent answers at ${socket}, which SSH_AUTH_SOCK names (${messageOf(error)}): run 'unset SSH_AUTH_SOCK' if all machines have a privateKeyFile, ` +
        `else start an agent: eval "$(ssh-agent)" && ssh-add`,
    );
  } finally {
    agent.destroy();
  }
}
