import { theLab } from "../support/lab";
import { siteIsBack } from "../support/lab-site";

const SYSCTL = "/etc/sysctl.d/60-homeport.conf";

/** A rule that nobody wants, in a chain that both hosts have. */
const RULE = "tcp dport 2323 accept";

// Prints the stranger's key.
const BY_HAND = `
echo '# changed by hand' >>${SYSCTL}
nft add rule inet homeport forward ${RULE}
peer=$(wg genkey | wg pubkey)
wg set wg0 peer "$peer" allowed-ips 10.77.0.99/32
echo "$peer"`;

/** What somebody changed on a machine is named by preview and put back by up. */
export function driftTests(): void {
  it.each([
    { name: "vps", own: /^vps-/ },
    // The bundles of the application and the images are on this host as well.
    { name: "pi", own: /^(pi-|app-secrets$|app-route$|app-transfer$|traefik-transfer$)/ },
  ] as const)("on $name: a file, a firewall rule and a tunnel peer", async ({ name, own }) => {
    const { stack, machines } = await theLab();
    const host = machines[name];
    const peer = (await host.run(BY_HAND)).trim();

    const preview = await stack.preview();
    expect(preview.code).toBe(0);
    expect(preview.output).toContain(`${name} is not as it was told`);
    expect(preview.output).toContain(`${SYSCTL} was changed`);
    expect(preview.output).toContain(`nft inet homeport: added ${RULE}`);
    expect(preview.output).toContain(`tunnel wg0: added ${peer}`);
    expect(preview.changed).toContain(`${name}-files`);
    expect(preview.changed.filter((resource) => !own.test(resource))).toEqual([]);

    const up = await stack.up();
    expect(up.code).toBe(0);
    expect(up.changed.filter((resource) => !own.test(resource))).toEqual([]);
    expect(await host.run(`cat ${SYSCTL}; nft list ruleset 2>/dev/null; wg show`)).not.toMatch(
      new RegExp(`by hand|dport 2323|${peer.replace(/[+/]/g, "\\$&")}`),
    );
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("on pi: the rule by which answers to visitors go back into the tunnel", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    await pi.run("ip rule del $(ip -4 rule show | sed -n 's/.*from all \\(fwmark [^ ]*\\) .*/\\1/p')");
    const preview = await lab.stack.preview();
    expect(preview.output).toMatch(/pi is not as it was told: .*route \d+: lost .*fwmark/);
    await lab.stack.deploy();
    await siteIsBack(lab);
    expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });
}
