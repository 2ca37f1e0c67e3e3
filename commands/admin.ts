import { once } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";

import { ADMIN_PORT } from "../plan";
import { UserError } from "../lib/errors";
import { say } from "../lib/say";
import { Ssh } from "./ssh";
import { deployedStack } from "./stack";

/** Time for the forwarded port to answer, seconds. */
const ANSWER_SECONDS = 20;

/** `npm run admin`: forwards a site's admin to a port of this workstation by ssh, until interrupted. */
export async function admin(asked: string | undefined, { port }: { readonly port: number }): Promise<number> {
  const stack = await deployedStack(asked);
  await refuseTakenPort(port);
  const ssh = await Ssh.toIngress(stack);
  const forward = ssh.forward(port, ADMIN_PORT);
  const end = (): void => void forward.kill();
  process.once("SIGINT", end).once("SIGTERM", end);
  try {
    const fingerprint = await Promise.race([certificate(port), forward.then(forwardEnded)]);
    const url = new URL(stack.admin.forwarded);
    url.port = String(port);
    say(`The admin of ${stack.url} is forwarded to this machine until you press Ctrl-C:`);
    say(`  ${url.href}`);
    say(`  user: ${stack.admin.user}   password: ${stack.admin.password}`);
    say(
      "The browser warns about the certificate: no authority issues one for this address. It is the server's if it has",
    );
    say(`  SHA-256 ${fingerprint}`);
  } catch (error) {
    forward.kill();
    throw error;
  }
  const { exitCode, killed, signal } = await forward;
  if (killed || signal === "SIGINT") return 0;
  throw new UserError(`the connection to ${ssh.name} was closed (${exitCode}): run npm run admin again`);
}

function forwardEnded({ stderr }: { readonly stderr: string }): never {
  throw new UserError(`cannot forward the port: ${stderr.trim()}`);
}

/** The fingerprint of the certificate that answers on the forwarded port; polls until it does. */
async function certificate(port: number): Promise<string> {
  const deadline = Date.now() + ANSWER_SECONDS * 1000;
  for (;;) {
    const seen = await handshake(port).catch(String);
    if (typeof seen !== "string") return seen.fingerprint256;
    if (Date.now() > deadline) {
      throw new UserError(`the server's port ${ADMIN_PORT} does not answer (${seen}): run npm run status`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function handshake(port: number): Promise<tls.PeerCertificate> {
  const socket = tls.connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerCertificate();
  } finally {
    socket.destroy();
  }
}

async function refuseTakenPort(port: number): Promise<void> {
  const server = net.createServer().listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    throw new UserError(
      `port ${port} of this machine cannot be used (${String(error)}): run npm run admin -- --port ${port + 1000}`,
    );
  });
  server.close();
  await once(server, "close");
}
