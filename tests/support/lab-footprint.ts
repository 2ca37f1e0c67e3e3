import { LabMachine } from "./lab-machine";

/** What Homeport has on a host, by the host's own records. */
export interface Footprint {
  readonly files: readonly string[];
  readonly units: readonly string[];
  readonly packages: readonly string[];
  /** Kernel settings as they were before, `sysctl KEY VALUE`. */
  readonly settings: readonly string[];
}

/** Read it before `pulumi destroy`, which removes the records too. */
export async function readFootprint(host: LabMachine): Promise<Footprint> {
  const [files, units, packages, settings] = await Promise.all([
    host.lines("cat /var/lib/homeport/*/manifest | cut -d' ' -f6- | sort -u"),
    host.lines("cat /var/lib/homeport/*/units | sort -u"),
    host.lines("cat /var/lib/homeport/*/packages | sort -u"),
    host.lines("cat /var/lib/homeport/*/before | grep '^sysctl '"),
  ]);
  return { files, units, packages, settings };
}

/** Expects no file, unit, firewall table or tunnel of the footprint on the host. */
export async function expectNothingLeft(host: LabMachine, { files, units }: Footprint): Promise<void> {
  expect(files.length).toBeGreaterThan(5);
  expect(await host.lines(`ls -d ${files.join(" ")} /var/lib/homeport /etc/homeport 2>/dev/null || true`)).toEqual([]);
  for (const unit of units.filter((one) => one !== "docker.service")) {
    expect([
      unit,
      (await host.attempt(`systemctl is-enabled ${unit} || systemctl is-active ${unit}`)).code,
    ]).not.toEqual([unit, 0]);
  }
  expect(await host.run("nft list tables 2>/dev/null")).not.toContain("homeport");
  expect(await host.run("ip -o link show; ip rule show")).not.toMatch(/wg0|fwmark/);
}
