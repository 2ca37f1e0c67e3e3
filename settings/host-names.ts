import { domainToASCII } from "node:url";

/** A name of the DNS, in lower case (RFC 1035, section 2.3.1), with other letters than those as the DNS has them (RFC 5890). */
export const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/;

/** A domain name as the DNS has it, from what people write: capitals, other letters, a last dot, a URL; undefined: nothing of the kind. */
export function correctedName(value: string): string | undefined {
  const [, host = ""] = /^(?:[a-z]+:\/\/)?([^/?#:@\s]+)/i.exec(value.trim()) ?? [];
  const name = domainToASCII(host.replace(/\.$/, "")).toLowerCase();
  return name === "" || name === value ? undefined : name;
}

/** Second-level names below which other people register theirs. */
const SHARED = /^(co|com|net|org|gov|ac|edu|or|ne)\.[a-z]{2}$/;

/**
 * Whether two names can be in one zone of the DNS: one is the other or below it, or both are below a name that can be registered.
 * What a registry keeps to itself is known for the usual names only.
 */
export function canShareZone(one: string, other: string): boolean {
  if (one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)) return true;
  const [a, b] = [one.split(".").reverse(), other.split(".").reverse()];
  const differs = a.findIndex((label, index) => label !== b[index]);
  const common = a.slice(0, differs).reverse().join(".");
  return differs >= 2 && !SHARED.test(common);
}
