import { once } from "node:events";
import * as tls from "node:tls";

import { serversOf, Ssh } from "./ssh";
import { deployedStack } from "./stack";

/** Time for the handshake with the site, seconds. */
const HANDSHAKE_SECONDS = 10;

/** `npm run status`: what runs, as the machines and the site tell it now. Changes nothing; its exit code says whether all of them answered. */
export async function status(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const { edge } = stack.host;
  const parts = [
    { title: stack.url, look: () => siteStatus(new URL(stack.url).hostname, edge.address) },
    ...serversOf(stack).map((server) => ({
      title: `${server.name} (${server.address})`,
      look: async () => serverStatus(await Ssh.toServer(stack, server.name), stack.app),
    })),
    { title: `${edge.name} (${edge.address})`, look: async () => (await Ssh.toEdge(stack)).run("machine-status.sh") },
  ];
  const seen = await Promise.allSettled(parts.map(({ look }) => look()));
  for (const [index, { title }] of parts.entries()) {
    const one = seen[index];
    const text = one?.status === "fulfilled" ? one.value : messageOf(one?.reason);
    process.stdout.write(`${title}\n${text.trimEnd().replace(/^/gm, "  ")}\n`);
  }
  return seen.every((one) => one.status === "fulfilled") ? 0 : 1;
}

async function serverStatus(ssh: Ssh, app: string): Promise<string> {
  return `${await ssh.run("server-status.sh", app)}\n${await ssh.run("machine-status.sh")}`;
}

/** The certificate that visitors are shown, by a handshake with the edge. */
async function siteStatus(name: string, address: string): Promise<string> {
  const socket = tls.connect({ host: address, port: 443, servername: name, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(HANDSHAKE_SECONDS * 1000) });
    const { issuer, valid_to: until } = socket.getPeerCertificate();
    const reason: unknown = socket.authorizationError;
    const trust = socket.authorized ? "trusted here" : `not trusted here: ${String(reason)}`;
    return `certificate by ${String(issuer.O ?? issuer.CN)}, valid until ${until} (${trust})`;
  } finally {
    socket.destroy();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
