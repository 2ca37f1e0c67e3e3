import { Lab, theLab } from "../../support/lab";
import { withIntruder } from "../../support/lab-intruder";
import { LabMachine } from "../../support/lab-machine";
import { ALL_PORTS, knock, openPorts } from "../../support/lab-scan";
import { siteContainers } from "../../support/lab-site";

/** What an intruder would like: ssh, the site, Docker, and the ports inside the containers. */
const PORTS = [22, 80, 443, 2375, 8000, 8080, 8443, 9443];

/** Root on the VPS can forge any source and send anything into the tunnel; at home it meets a filter. */
export function tunnelFilterTests(): void {
  it("lets root on the VPS reach 80 and 443 of the Pi from a visitor's address, and none of all other ports", async () => {
    const lab = await theLab();
    const { pi } = await tunnelOf(lab);
    const open = await withIntruder(lab, (intruder) =>
      withForgedSource(lab, stranger(lab), (options) => openPorts(intruder, [pi], "-sS", ...options, ...ALL_PORTS)),
    );
    expect(open).toEqual([`${pi} 443`, `${pi} 80`]);
  });

  it("lets nothing else of root on the VPS pass, whatever its source and wherever it goes", async () => {
    const lab = await theLab();
    const tunnel = await tunnelOf(lab);
    const inside = await addressesInside(lab);
    const sources = [stranger(lab), tunnel.vps, "169.254.1.1", "100.64.0.1", ...inside];
    const passed = await withIntruder(lab, (intruder) =>
      withOpenTunnel(lab, inside, () =>
        countedOnThePi(lab.machines.pi, async () => {
          for (const source of sources) {
            const targets = [tunnel.pi, ...inside].filter((address) => address !== source);
            await withForgedSource(lab, source, async (options) => {
              await knock(intruder, targets, "-Pn", "-sS", ...options, "-p", PORTS.join(","));
              await knock(intruder, targets, "-Pn", "-sU", ...options, "-p", "53");
              await knock(intruder, targets, "-sn", "-PE", ...options);
            });
          }
        }),
      ),
    );
    // 80 and 443 from the one public source: that the count works at all.
    expect(passed.tcp).toEqual([443, 80].map((port) => `${stranger(lab)} . ${tunnel.pi} . ${port}`));
    expect(passed.others).toBe(0);
  });
}

/** An address of the internet that nobody has. */
function stranger({ addresses }: Lab): string {
  return addresses.visitor.replace(/\d+$/, "55");
}

/**
 * Gives nmap's options for a source of one's choice. nmap makes the packets itself and reads the answers off the interface; the address is on it
 * meanwhile, because nmap asks the kernel for the way and the kernel knows one for its own addresses only.
 */
async function withForgedSource<T>(
  { machines }: Lab,
  source: string,
  action: (options: string[]) => Promise<T>,
): Promise<T> {
  const { vps } = machines;
  const added = (await vps.attempt(`ip address add ${source}/32 dev wg0`)).code === 0;
  try {
    return await action(["-e", "wg0", "-S", source]);
  } finally {
    if (added) await vps.run(`ip address delete ${source}/32 dev wg0`);
  }
}

async function tunnelOf({ machines }: Lab): Promise<{ vps: string; pi: string; peer: string }> {
  const [peer = "", allowed = ""] = (await machines.vps.run("wg show wg0 allowed-ips")).trim().split(/\s+/);
  const [, , , address = ""] = (await machines.vps.run("ip -o -4 address show dev wg0")).trim().split(/\s+/);
  return { vps: address.replace(/\/\d+$/, ""), pi: allowed.replace(/\/\d+$/, ""), peer };
}

/** Everything behind the Pi's tunnel address: the home network, Docker's networks and the containers in them. */
async function addressesInside({ machines, addresses }: Lab): Promise<string[]> {
  const containers = (await siteContainers(machines.pi)).flatMap(({ NetworkSettings }) =>
    Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress),
  );
  const bridges = await machines.pi.lines(
    `ip -o -4 address show | awk '$2 ~ /^(docker|br-)/ { sub("/.*", "", $4); print $4 }'`,
  );
  const gateway = addresses.home.replace(/\d+\/\d+$/, "1");
  return [addresses.pi, addresses.routerAtHome, gateway, ...bridges, ...containers.filter((address) => address !== "")];
}

/** Sends into the tunnel everything that root on the VPS can send; the desired state of the VPS is restored afterwards. */
async function withOpenTunnel<T>(lab: Lab, inside: readonly string[], action: () => Promise<T>): Promise<T> {
  const { vps } = lab.machines;
  const { peer, pi } = await tunnelOf(lab);
  const routes = inside.map((address) => `ip route replace ${address}/32 dev wg0`);
  try {
    await vps.run([`wg set wg0 peer '${peer}' allowed-ips 0.0.0.0/0`, ...routes].join("\n"));
    return await action();
  } finally {
    const back = inside.map((address) => `ip route delete ${address}/32 dev wg0 || true`);
    await vps.run([...back, `wg set wg0 peer '${peer}' allowed-ips ${pi}/32`].join("\n"));
  }
}

/** What has passed the Pi's filter: TCP as `source . destination . port`, and how many packets of other kinds. */
interface Passed {
  readonly tcp: readonly string[];
  readonly others: number;
}

// Looks between the filter (mangle, -150) and the first DNAT (-100), in a table of its own: what went further than the filter is seen here even
// where no answer comes back.
const COUNT = `nft -f - <<'RULES'
table inet homeport_lab_tests {
  set connections { type ipv4_addr . ipv4_addr . inet_service; flags dynamic; size 65535; }
  counter rest { }
  chain passed {
    type filter hook prerouting priority -120; policy accept;
    iifname "wg0" ct state new,untracked,invalid meta l4proto tcp update @connections { ip saddr . ip daddr . tcp dport } return
    iifname "wg0" ct state new,untracked,invalid counter name rest
  }
}
RULES`;

async function countedOnThePi(pi: LabMachine, action: () => Promise<void>): Promise<Passed> {
  await pi.run(COUNT);
  try {
    await action();
    const text = await pi.run("nft -j list table inet homeport_lab_tests");
    return readCount(JSON.parse(text) as NftList);
  } finally {
    await pi.run("nft delete table inet homeport_lab_tests");
  }
}

/** The parts of `nft -j` that are read here. */
interface NftList {
  readonly nftables: readonly {
    readonly set?: { readonly elem?: readonly (NftElement | { readonly elem: { readonly val: NftElement } })[] };
    readonly counter?: { readonly packets: number };
  }[];
}

interface NftElement {
  readonly concat: readonly (string | number)[];
}

function readCount({ nftables }: NftList): Passed {
  const elements = nftables.flatMap(({ set }) => set?.elem ?? []);
  return {
    tcp: elements.map((one) => ("elem" in one ? one.elem.val : one).concat.join(" . ")).sort(),
    others: nftables.reduce((sum, { counter }) => sum + (counter?.packets ?? 0), 0),
  };
}
