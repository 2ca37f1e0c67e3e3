import { once } from "node:events";
import * as tls from "node:tls";

import { messageOf } from "../lib/errors";
import { serversOf, Ssh } from "./ssh";
import { DeployedStack, deployedStack } from "./stack";

/** Time for the handshake with the site, seconds. */
const HANDSHAKE_SECONDS = 10;

/** `npm run status`: the current state of site and machines. Changes nothing; exits 1 unless all of them answered. */
export async function status(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const { edge } = stack.host;
  const sections = [
    { title: stack.url, probe: () => siteStatus(new URL(stack.url).hostname, edge.address) },
    ...machinesOf(stack).map(({ name, address, parts }) => ({
      title: `${name} (${address})`,
      probe: async () =>
        machineStatus(await (name === edge.name ? Ssh.toEdge(stack) : Ssh.toServer(stack, name)), stack.app, parts),
    })),
  ];
  const seen = await Promise.allSettled(sections.map(({ probe }) => probe()));
  for (const [index, { title }] of sections.entries()) {
    const one = seen[index];
    const text = one?.status === "fulfilled" ? one.value : messageOf(one?.reason);
    process.stdout.write(`${title}\n${text.trimEnd().replace(/^/gm, "  ")}\n`);
  }
  return seen.every((one) => one.status === "fulfilled") ? 0 : 1;
}

/** A part of a machine's report: a function of `scripts/server-status.sh`. */
type Part = "containers" | "certificates" | "data";

/** A machine, and the parts it reports. */
interface Machine {
  readonly name: string;
  readonly address: string;
  readonly parts: readonly Part[];
}

/** The machines of a stack, servers first. Certificates are where TLS ends, and nowhere else. */
export function machinesOf({ host }: Pick<DeployedStack, "host">): readonly Machine[] {
  const { edge, ingress, server } = host;
  const atIngress: readonly Part[] = ["containers", "certificates"];
  return [
    ...serversOf({ host }).map(({ name, address }): Machine => {
      const first = ingress === "server" && name === server.name;
      return { name, address, parts: [...(first ? atIngress : (["containers"] as const)), "data"] };
    }),
    { name: edge.name, address: edge.address, parts: ingress === "edge" ? atIngress : [] },
  ];
}

async function machineStatus(ssh: Ssh, app: string, parts: readonly Part[]): Promise<string> {
  const site = parts.length === 0 ? "" : `${await ssh.run("server-status.sh", app, ...parts)}\n`;
  return `${site}${await ssh.run("machine-status.sh")}`;
}

/** The certificate that visitors see, by a handshake with the edge. */
async function siteStatus(name: string, address: string): Promise<string> {
  const socket = tls.connect({ host: address, port: 443, servername: name, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(HANDSHAKE_SECONDS * 1000) }).catch(
      (error: unknown) => {
        const late = error instanceof Error && error.name === "AbortError";
        throw late ? new Error(`no answer from ${address}, port 443, within ${HANDSHAKE_SECONDS} s`) : error;
      },
    );
    const { issuer, valid_to: until } = socket.getPeerCertificate();
    const reason: unknown = socket.authorizationError;
    const trust = socket.authorized ? "trusted here" : `not trusted here: ${String(reason)}`;
    return `certificate by ${String(issuer.O ?? issuer.CN)}, valid until ${until} (${trust})`;
  } finally {
    socket.destroy();
  }
}
