/** A machine's ssh endpoint. */
interface Login {
  readonly address: string;
  readonly port: number;
}

/**
 * Refuses a machine listed twice: each entry has its own firewall, and the later would replace the earlier one's. Two ports of one address can be two machines
 * behind a router. Host keys prove nothing: cards written from one image can share them.
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
        `${server.address} (port ${server.port}) is already used by ${other}: a machine has one role only`,
      );
  }
}

function place({ address, port }: Login): string {
  return `${address.toLowerCase()} ${port}`;
}
