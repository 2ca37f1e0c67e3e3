/** What is known of this workstation's processes. */
export interface Workstation {
  readonly name: string;
  readonly isAlive: (pid: number) => boolean;
}

/** Who holds the lock that Pulumi's message tells of, whether it lives here, and what to do then; undefined: the message is of something else. */
export function lockAdvice(said: string, { name, isAlive }: Workstation): string | undefined {
  const [, user = "", host = "", id = ""] =
    /stack is currently locked[^]*?created by (\S+)@(\S+) \(pid (\d+)\)/.exec(said) ?? [];
  if (id === "") return undefined;
  const holder = `the stack is locked by process ${id} of ${user} on ${host}`;
  if (host !== name)
    return `${holder}: wait until it ends; only if you know that nothing runs there any more, 'pulumi cancel' takes the lock away`;
  return isAlive(Number(id))
    ? `${holder}, which still runs here: wait until it ends, or press Ctrl-C there`
    : `${holder}, which runs no more: 'npm run recover' takes the lock away and finishes what it began`;
}
