/** Where a machine's ssh answers. */
interface Login {
  readonly address: string;
  readonly port: number;
}

/**
 * Refuses a machine that is listed twice: each entry has its own firewall, and the later one would replace the earlier. Two ports of one address
 * can be two machines behind a router. Host keys say nothing: cards that were written of one image can have the same.
 */
export function refuseSameMachine(
  { edge, servers }: { readonly edge: Login; readonly servers: readonly (Login & { readonly name: string })[] },
  refuse: (path: (string | number)[], message: string) => void,
): void {
  const known = new Map([[place(edge), "the edge"]]);
  for (const [index, server] of servers.entries()) {
    const at = place(server);
    const other = known.get(at);
    if (other === undefined) known.set(at, server.name);
    else
      refuse(
        ["servers", index, "address"],
        `${server.address} (port ${server.port}) is already the machine of ${other}: a machine has one role`,
      );
  }
}

function place({ address, port }: Login): string {
  return `${address.toLowerCase()} ${port}`;
}
