import { SITE_HOSTS } from "../../lab/domain";
import { theLab } from "../support/lab";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { Ended, LabMachine } from "../support/lab-machine";
import { ALL_PORTS, openPorts } from "../support/lab-scan";
import { webContainer } from "../support/lab-site";

/** Where another program at home listens, such as Home Assistant. */
const OWN_PORT = 8123;

const OWN_PROGRAM = "homeport-lab-program";

/** A firewall between the workstation and the Pi. */
const ELSEWHERE = "homeport_lab_tests";

changing("what answers at home", () => {
  it("is ssh, the site and the admin, of all ports, although another program listens", async () => {
    const { machines, addresses } = await theLab();
    const open = await withOwnProgram(machines.pi, () =>
      openPorts(machines.router, [addresses.pi], "-sS", ...ALL_PORTS),
    );
    expect(open).toEqual([22, 443, 80, 8443].map((port) => `${addresses.pi} ${port}`));
  });

  it("is one port more by a setting, and ssh through the edge, until the setting is removed", async () => {
    const { stack, machines, addresses } = await theLab();
    const { router, vps, pi } = machines;
    const inTunnel = (await pi.run("wg show wg0 >/dev/null && ip -o -4 address show dev wg0")).split(/[ /]+/)[3] ?? "";
    const seen = async (): Promise<Record<string, boolean>> => ({
      ownAtHome: await answers(router, addresses.pi, OWN_PORT),
      ownFromEdge: await answers(vps, inTunnel, OWN_PORT),
      sshFromEdge: await answers(vps, inTunnel, 22),
    });
    await withOwnProgram(pi, async () => {
      const settings = { "homeport:servers": [{ open: [`${OWN_PORT}/tcp`], sshOverTunnel: true }] };
      const run = await stack.withSettings(settings, () => stack.up());
      expect(run).toMatchObject({ code: 0, changed: ["pi-files", "pi-verify"] });
      expect(await seen()).toEqual({ ownAtHome: true, ownFromEdge: false, sshFromEdge: true });
      expect(await fromElsewhere(pi, "manage", "check")).toMatchObject({ code: 0 });

      expect(await stack.up()).toMatchObject({ code: 0, changed: ["pi-files", "pi-verify"] });
      expect(await seen()).toEqual({ ownAtHome: false, ownFromEdge: false, sshFromEdge: false });
      const { code, stderr } = await fromElsewhere(pi, "manage", "check");
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("To reach the server from outside its network, set 'sshOverTunnel: true' for it"),
      ]);
    });
  });

  it("leaves name resolution in containers working", async () => {
    const { pi } = (await theLab()).machines;
    const { Name } = await webContainer(pi);
    const [name] = SITE_HOSTS;
    expect(await pi.run(`docker exec ${Name.slice(1)} getent hosts ${name}`)).toContain(name);
  });
});

async function answers(from: LabMachine, address: string, port: number): Promise<boolean> {
  return (await from.attempt(`timeout 3 bash -c '</dev/tcp/${address}/${port}'`)).code === 0;
}

/** A daily command of somebody who is not at home: ssh comes out of the tunnel or not at all. */
async function fromElsewhere(pi: LabMachine, name: string, ...words: string[]): Promise<Ended> {
  await pi.run(`nft -f - <<'RULES'
table inet ${ELSEWHERE} {
  chain input { type filter hook input priority -100; iifname != "wg0" tcp dport 22 ct state new drop; }
}
RULES`);
  try {
    return await command(await theLab(), name, words);
  } finally {
    await pi.run(`nft delete table inet ${ELSEWHERE}`);
  }
}

/** Something on the machine that listens on a port of its own. */
async function withOwnProgram<T>(host: LabMachine, action: () => Promise<T>): Promise<T> {
  await host.run(`systemd-run --quiet --collect --unit=${OWN_PROGRAM} systemd-socket-activate --accept -l ${OWN_PORT} cat
until </dev/tcp/127.0.0.1/${OWN_PORT}; do sleep 0.1; done 2>/dev/null`);
  try {
    return await action();
  } finally {
    await host.run(`systemctl stop ${OWN_PROGRAM}.service`);
  }
}
