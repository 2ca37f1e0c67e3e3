import { UserError } from "../../lib/errors";
import { Cidr, formatAddress, formatCidr, overlaps, parseCidr } from "../../lib/cidr";

/** The addresses of one lab. All are plain text. */
export interface LabAddresses {
  /** The network that plays the internet. */
  readonly internet: string;
  /** The network at home, behind the router. */
  readonly home: string;
  /** The way out of the internet network: the machine itself, which Docker puts on the bridge. */
  readonly gateway: string;
  readonly vps: string;
  /** Servers at a provider's, in the topology `scale`; it has `db` and `s3` too. */
  readonly one: string;
  readonly two: string;
  readonly db: string;
  readonly s3: string;
  readonly router: string;
  readonly visitor: string;
  readonly acme: string;
  readonly dns: string;
  readonly pi: string;
  /** The router's address at home: the Pi's way out. */
  readonly routerAtHome: string;
}

/** Addresses by their place in the network. */
const INTERNET = {
  gateway: 1,
  vps: 10,
  one: 11,
  two: 12,
  router: 20,
  visitor: 30,
  acme: 40,
  db: 50,
  s3: 51,
  dns: 53,
} as const;
const HOME = { router: 2, pi: 10 } as const;

/** Networks with a longer prefix are too small for the lab. */
const LONGEST_PREFIX = 26;

/** The addresses in two networks, such as `198.51.100.0/24` and `192.168.77.0/24`. */
export function labAddresses(internet: string, home: string): LabAddresses {
  const outside = roomy("internet", internet);
  const inside = roomy("home", home);
  if (overlaps(outside, inside)) {
    throw new UserError(
      `the lab's networks ${internet} and ${home} overlap: choose two apart with --internet and --home`,
    );
  }
  const at = (cidr: Cidr, place: number): string => formatAddress(cidr.base + place);
  return {
    internet: formatCidr(outside),
    home: formatCidr(inside),
    gateway: at(outside, INTERNET.gateway),
    vps: at(outside, INTERNET.vps),
    one: at(outside, INTERNET.one),
    two: at(outside, INTERNET.two),
    db: at(outside, INTERNET.db),
    s3: at(outside, INTERNET.s3),
    router: at(outside, INTERNET.router),
    visitor: at(outside, INTERNET.visitor),
    acme: at(outside, INTERNET.acme),
    dns: at(outside, INTERNET.dns),
    pi: at(inside, HOME.pi),
    routerAtHome: at(inside, HOME.router),
  };
}

function roomy(option: string, text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr.prefix > LONGEST_PREFIX) {
    throw new UserError(
      `--${option} ${text} is too small: the lab needs a network of /${LONGEST_PREFIX} or larger, such as a /24`,
    );
  }
  return cidr;
}
