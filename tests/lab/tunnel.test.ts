import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { DOMAIN, ZONE_ID } from "../../lab/domain";
import { until } from "../../lab/process";
import { Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";
import { LabStack } from "../support/lab-stack";
import { describeWhere, missingTool } from "../support/tools";

const TUNNEL = { network: "10.88.0.0/24", port: 51821, mtu: 1380, keepaliveSeconds: 20 };

/** A name for the edge at a DNS provider. */
const EDGE = `edge.${DOMAIN}`;

/** Seconds until a peer that was never heard is looked up again: one look each 30 s, and a handshake. */
const LOOKED_UP_SECONDS = 60;

changing("the tunnel", () => {
  it("routes from the VPS to the server's tunnel address, and into no home network", async () => {
    const { machines, addresses } = await theLab();
    expect(await machines.vps.lines("ip -4 route show dev wg0")).toEqual([expect.stringContaining("proto kernel")]);
    expect(await machines.vps.run(`ip route get ${addresses.pi}`)).not.toContain("wg0");
    expect(await machines.vps.lines("wg show wg0 allowed-ips | cut -f2")).toEqual(["10.77.0.2/32"]);
  });

  it("has its addresses, port, packet size and keepalive from the settings", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    const own = ["vps-peer-pi", "vps-files", "vps-verify", "pi-files", "pi-verify", "pi-containers"].sort();
    const run = await lab.stack.withSettings({ "homeport:tunnel": TUNNEL }, () => lab.stack.up());
    expect(run).toMatchObject({ code: 0, changed: own });
    expect(await vps.run("ip -o -4 address show dev wg0; cat /sys/class/net/wg0/mtu; wg show wg0 listen-port")).toMatch(
      /inet 10\.88\.0\.1\/24 .*\n1380\n51821\n$/,
    );
    expect(await pi.run("ip -o -4 address show dev wg0; wg show wg0 persistent-keepalive")).toMatch(
      /inet 10\.88\.0\.2\/24 .*\n\S+\t20\n$/,
    );
    await siteIsBack(lab);
    expect(await lab.stack.up()).toMatchObject({ code: 0, changed: own });
    await siteIsBack(lab);
  });

  it("gets new keys by a setting, and visitors come through again", async () => {
    const lab = await theLab();
    const { vps, pi } = lab.machines;
    const keys = async (): Promise<string[]> => [
      ...(await vps.lines("wg show wg0 public-key; wg show wg0 peers; wg show wg0 preshared-keys | cut -f2")),
      ...(await pi.lines("wg show wg0 public-key")),
    ];
    const before = await keys();
    const settings = { "homeport:tunnel": { rotateKeys: "lab" } };
    await lab.stack.withSettings(settings, async () => {
      expect(await lab.stack.up()).toMatchObject({ code: 0 });
      await siteIsBack(lab);
      const after = await keys();
      expect(after).toHaveLength(before.length);
      expect(after.filter((key) => before.includes(key))).toEqual([]);
      expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
    });
    expect(await lab.stack.up()).toMatchObject({ code: 0 });
    await siteIsBack(lab);
  });

  describeWhere("with a name for the edge", missingTool("unshare", ["--mount", "true"]), () => {
    it("reconnects after the name's address changes", async () => {
      const lab = await theLab();
      const { pi } = lab.machines;
      const record = await ProviderRecord.create(lab, EDGE, lab.addresses.vps);
      try {
        await withNamesOfItsOwn(lab, { [EDGE]: lab.addresses.vps }, async (stack) => {
          const run = await stack.withSettings({ "homeport:edge": { address: EDGE } }, async () => {
            expect((await stack.up()).code).toBe(0);
            await record.pointTo(lab.addresses.visitor);
            await pi.run("systemctl restart wg-quick@wg0.service");
            expect(await heard(lab)).toBe(0);
            await record.pointTo(lab.addresses.vps);
            await until("the Pi to hear the edge", LOOKED_UP_SECONDS, async () =>
              (await heard(lab)) > 0 ? true : undefined,
            );
            return stack.preview("--expect-no-changes");
          });
          expect(run).toMatchObject({ code: 0, changed: [] });
        });
      } finally {
        await record.remove();
        expect((await lab.stack.up()).code).toBe(0);
      }
      await siteIsBack(lab);
    });
  });
});

/** When the Pi last shook hands with the edge, in seconds since 1970; 0: never since the interface is up. */
async function heard({ machines }: Lab): Promise<number> {
  return Number((await machines.pi.run("wg show wg0 latest-handshakes")).split("\t")[1]);
}

/** Runs an action with a stack whose CLI believes in some names more than this machine does: the lab's names are known to the lab alone. */
async function withNamesOfItsOwn(
  { settings, stack }: Lab,
  names: Readonly<Record<string, string>>,
  action: (stack: LabStack) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "homeport-names-"));
  const hosts = join(directory, "hosts");
  const lines = Object.entries({ localhost: "127.0.0.1", ...names }).map(([name, address]) => `${address} ${name}\n`);
  await writeFile(hosts, lines.join(""));
  const path = stack.env["PATH"] ?? "";
  await writeFile(
    join(directory, "pulumi"),
    `#!/bin/sh
PATH='${path}'
exec unshare --mount sh -c 'mount --bind "$0" /etc/hosts && exec pulumi "$@"' '${hosts}' "$@"
`,
    { mode: 0o755 },
  );
  try {
    await action(new LabStack(settings.instance, { ...stack.env, PATH: [directory, path].join(delimiter) }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** An A record kept by hand at the DNS provider. */
class ProviderRecord {
  private constructor(
    private readonly lab: Lab,
    private readonly id: string,
    private readonly name: string,
  ) {}

  public static async create(lab: Lab, name: string, content: string): Promise<ProviderRecord> {
    const { id } = await ask(lab, "POST", "", { type: "A", name, content, ttl: 60 });
    const record = new ProviderRecord(lab, id, name);
    await record.isServed(content);
    return record;
  }

  public async pointTo(content: string): Promise<void> {
    await ask(this.lab, "PATCH", `/${this.id}`, { content });
    await this.isServed(content);
  }

  public async remove(): Promise<void> {
    await ask(this.lab, "DELETE", `/${this.id}`);
  }

  private async isServed(content: string): Promise<void> {
    await until(`the lab's name servers to say ${content}`, 20, async () => {
      const said = await this.lab.machines.pi.attempt(`getent ahostsv4 ${this.name}`);
      return said.stdout.startsWith(`${content} `) ? true : undefined;
    });
  }
}

async function ask({ addresses, stack }: Lab, method: string, path: string, body?: object): Promise<{ id: string }> {
  const response = await fetch(`http://${addresses.dns}:8787/client/v4/zones/${ZONE_ID}/dns_records${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.env["CLOUDFLARE_API_TOKEN"] ?? ""}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} of a record: ${response.status} ${text}`);
  return (JSON.parse(text) as { result: { id: string } }).result;
}
