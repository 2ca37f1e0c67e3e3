import { SITE_PORTS } from "../../plan";

/** The interfaces a rule applies to: these, or all others. */
interface Interfaces {
  readonly names: readonly string[];
  readonly others: boolean;
}

/** A foreign NAT rule. */
interface NatRule {
  /** `destination`: DNAT or a redirect. `source`: SNAT or masquerade. */
  readonly changes: "destination" | "source";
  readonly by: string;
  readonly text: string;
  readonly remedy: string;
  /** Undefined: any. */
  readonly incoming: Interfaces | undefined;
  readonly outgoing: Interfaces | undefined;
  /** Ports and ranges such as `80:443`; undefined: any. */
  readonly ports: readonly string[] | undefined;
  /** False if it is for UDP only. */
  readonly tcp: boolean;
  /** Whether it is limited to some sources or destinations, or to marked packets. */
  readonly fromSome: boolean;
  readonly toSome: boolean;
}

/** What decides whether a rule breaks the site. */
export interface NatExpectation {
  readonly role: "edge" | "proxy" | "server";
  /** Interface of the tunnel; undefined: no rule is checked. */
  readonly tunnel?: string;
}

/**
 * Foreign rules that would break the site without any log entry, a sentence each with the command that removes it. A masquerade on the tunnel gives
 * visitors a private source address, which the server's table refuses; a redirected port never arrives. Rules for other interfaces, such as a home
 * router's, do no harm.
 */
export function foreignNat(rules: readonly string[], { role, tunnel }: NatExpectation): string[] {
  if (tunnel === undefined) return [];
  return rules
    .map((rule) => (rule.startsWith("nft ") ? readNft(rule) : readIptables(rule)))
    .filter((rule) => (rule.changes === "source" ? hidesVisitors(rule, tunnel) : takesVisitors(rule, role, tunnel)))
    .map(({ changes, by, text, remedy }) =>
      changes === "source"
        ? `${by} hides visitors' addresses (${text}), and the server refuses visitors with a private address: remove it with ${remedy}`
        : `${by} sends the site's ports elsewhere (${text}): remove it with ${remedy}`,
    );
}

function hidesVisitors({ outgoing, fromSome, toSome }: NatRule, tunnel: string): boolean {
  if (outgoing !== undefined && !outgoing.others) return covers(outgoing, tunnel);
  // A masquerade for a network behind the machine, such as Docker's, does not touch visitors.
  return !fromSome && !toSome && covers(outgoing, tunnel);
}

function takesVisitors(
  { incoming, ports, tcp, fromSome, toSome }: NatRule,
  role: NatExpectation["role"],
  tunnel: string,
): boolean {
  if (!tcp || fromSome || !hasSitePort(ports)) return false;
  // Visitors reach a server through the tunnel at its tunnel address, and the edge from everywhere else.
  if (role === "server") return covers(incoming, tunnel) && !toSome;
  return incoming === undefined || incoming.others || incoming.names.some((name) => !same(name, tunnel));
}

function covers(interfaces: Interfaces | undefined, name: string): boolean {
  if (interfaces === undefined) return true;
  return interfaces.names.some((one) => same(one, name)) !== interfaces.others;
}

// A prefix is `wg+` in iptables and `wg*` in nft.
function same(pattern: string, name: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function hasSitePort(ports: readonly string[] | undefined): boolean {
  if (ports === undefined) return true;
  return ports.some((range) => {
    const [first = NaN, last = first] = range.split(/[:-]/).map(Number);
    return SITE_PORTS.some((port) => first <= port && port <= last);
  });
}

/** Parses `iptables CHAIN OPTIONS...`, in the spelling of iptables-save. */
function readIptables(rule: string): NatRule {
  const [program = "", chain = "", ...words] = rule.split(" ");
  const text = words.join(" ");
  const option = (name: string): { readonly value: string; readonly negated: boolean } | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : { value: words[at + 1] ?? "", negated: words[at - 1] === "!" };
  };
  const interfaces = (name: string): Interfaces | undefined => {
    const found = option(name);
    return found === undefined ? undefined : { names: [found.value], others: found.negated };
  };
  const some = (name: string): boolean => option(name)?.negated === false;
  return {
    changes: /-j (DNAT|REDIRECT)\b/.test(text) ? "destination" : "source",
    by: `${program} ${chain}`,
    text,
    remedy: `'${program} -t nat -D ${chain} ${text}', and from what loads it (/etc/iptables/rules.v4, or PostUp of a tunnel)`,
    incoming: interfaces("-i"),
    outgoing: interfaces("-o"),
    ports: (option("--dport") ?? option("--dports"))?.value.split(","),
    tcp: !some("-p") || option("-p")?.value === "tcp",
    fromSome: some("-s") || some("--mark"),
    toSome: some("-d"),
  };
}

/** Parses `nft FAMILY TABLE CHAIN HANDLE RULE...`, in the spelling of `nft list`. */
function readNft(rule: string): NatRule {
  const [, family = "", table = "", chain = "", handle = "", ...words] = rule.split(" ");
  const text = words.join(" ");
  const match = (pattern: string): { readonly values: readonly string[]; readonly negated: boolean } | undefined => {
    const [, not, set, one] = new RegExp(`\\b${pattern} (!= )?(?:\\{ ([^}]*) \\}|(\\S+))`).exec(text) ?? [];
    const values = set ?? one;
    return values === undefined
      ? undefined
      : { values: values.split(", ").map((value) => value.replace(/"/g, "")), negated: not !== undefined };
  };
  const interfaces = (pattern: string): Interfaces | undefined => {
    const found = match(pattern);
    return found === undefined ? undefined : { names: found.values, others: found.negated };
  };
  const some = (pattern: string): boolean => match(pattern)?.negated === false;
  return {
    changes: /\b(dnat|redirect)\b/.test(text) ? "destination" : "source",
    by: `nft ${family} ${table} ${chain}`,
    text,
    remedy: `'nft delete rule ${family} ${table} ${chain} handle ${handle}', and from /etc/nftables.conf`,
    incoming: interfaces("iif(?:name)?"),
    outgoing: interfaces("oif(?:name)?"),
    ports: match("(?:tcp|th) dport")?.values,
    tcp: !/\budp dport\b|l4proto (17|udp)\b/.test(text),
    fromSome: some("ip saddr") || some("mark"),
    toSome: some("ip daddr"),
  };
}
