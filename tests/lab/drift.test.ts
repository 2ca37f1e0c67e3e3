import { theLab } from "../support/lab";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { Ended } from "../support/lab-machine";
import { siteIsBack } from "../support/lab-site";
import { StackRun } from "../support/lab-stack";

const SYSCTL = "/etc/sysctl.d/60-homeport.conf";

/** A rule that nobody wants, in a chain that both hosts have. */
const RULE = "tcp dport 2323 accept";

/** The hosts, with the resources that a drift of each may touch. */
const HOSTS = [
  { name: "vps", own: /^vps-/ },
  // The bundles of the application and the images are on this host as well.
  {
    name: "pi",
    own: /^(pi-|app-secrets$|app-adapter$|app-volumes$|app-route$|app-transfer$|traefik-transfer$|app-web(-repair)?$|app-gate$|app-visit$)/,
  },
] as const;

/** The container that serves. */
const WEB = "$(docker ps -q --filter label=homeport.role=web)";

/** The rule by which answers to visitors go back into the tunnel, as words of `ip rule`. */
const OWN_ROUTE = "$(ip -4 rule show | sed -n 's/.*from all \\(fwmark [^ ]*\\) .*/\\1/p')";

// Prints the stranger's key.
const BY_HAND = `
echo '# changed by hand' >>${SYSCTL}
nft add rule inet homeport forward ${RULE}
peer=$(wg genkey | wg pubkey)
wg set wg0 peer "$peer" allowed-ips 10.77.0.99/32
echo "$peer"`;

changing("drift", () => {
  const peers: Record<string, string> = {};
  let preview: StackRun;
  let told: Ended;

  // One look and one up for both hosts: what each of them shows is its own.
  beforeAll(async () => {
    const { stack, machines } = await theLab();
    for (const { name } of HOSTS) peers[name] = (await machines[name].run(BY_HAND)).trim();
    await machines.pi.run(`ip rule del ${OWN_ROUTE}; docker stop ${WEB}`);
    [preview, told] = await Promise.all([stack.preview(), command(await theLab(), "drift", ["--json"])]);
  });

  it.each(HOSTS)("on $name is named by preview: a file, a firewall rule and a tunnel peer", ({ name }) => {
    expect(preview.code).toBe(0);
    expect(preview.output).toContain(`${name} has drifted: `);
    expect(preview.output).toContain(`${SYSCTL} has other content than declared`);
    expect(preview.output).toContain(`nft inet homeport: unexpected rule in chain forward: ${RULE}`);
    expect(preview.output).toContain(
      `tunnel wg0: unexpected peer ${peers[name] ?? "no peer"} with AllowedIPs 10.77.0.99/32`,
    );
    expect(preview.changed).toContain(`${name}-files`);
  });

  it("on pi is named as well where it is the rule by which answers to visitors go back into the tunnel", () => {
    expect(preview.output).toMatch(/pi has drifted: .*route \d+: missing rule .*fwmark/);
  });

  it("of a container that was stopped is a change of its resource, with what its visitors get", () => {
    expect(preview.output).toMatch(/pi has drifted: .*the container app-web-\w+ is exited/);
    // Without the rule for the way back, an answer comes only where the connection tracking still has its mark.
    expect(preview.output).toMatch(
      /https:\/\/\S+ (answers visitors 502: the proxy reaches no container that works|does not answer visitors: no answer within)/,
    );
    expect(preview.changed).toContain("app-web");
  });

  it("is told by npm run drift as well, by exit code 2 and as JSON", () => {
    const { findings } = JSON.parse(told.stdout) as { findings: { where: string; kind: string; text: string }[] };
    expect(told.code).toBe(2);
    expect(findings).toContainEqual({ where: "vps", kind: "drift", text: `${SYSCTL} has other content than declared` });
    expect(findings).toContainEqual({
      ...{ where: "pi", kind: "drift" },
      text: expect.stringMatching(/^the container app-web-\w+ is exited$/) as string,
    });
    expect(findings.filter(({ kind }) => kind === "problem")).toHaveLength(1);
  });

  it("is reverted by one up, which touches nothing else", async () => {
    const lab = await theLab();
    const others = (changed: readonly string[]): string[] =>
      changed.filter((resource) => !HOSTS.some(({ own }) => own.test(resource)));
    expect(others(preview.changed)).toEqual([]);
    const up = await lab.stack.up();
    expect({ code: up.code, others: others(up.changed) }).toEqual({ code: 0, others: [] });
    for (const { name } of HOSTS) {
      const now = await lab.machines[name].run(`cat ${SYSCTL}; nft list ruleset 2>/dev/null; wg show`);
      expect(now).not.toMatch(/by hand|dport 2323/);
      expect(now).not.toContain(peers[name] ?? "no peer");
    }
    await siteIsBack(lab);
    expect(await command(lab, "drift", [])).toMatchObject({ code: 0 });
  });
});
