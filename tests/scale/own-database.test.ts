import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { Lab, theLab } from "../support/lab";
import { spread } from "../support/lab-replies";
import { addPost, connecting, databaseUrl, postStatus, query } from "../support/lab-database";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { loggedRequests } from "../support/lab-log";
import { openPorts } from "../support/lab-scan";
import { appContainers, siteIsBack, webContainer, whileVisited } from "../support/lab-site";
import { SettingValues } from "../support/lab-stack";
import { portFrom, tunnelAddress } from "../support/lab-tunnel";

const PORT = 5432;

/** A disk beside a server's own. */
const DISK = "/mnt/lab-disk";
const VOLUME = "homeport-scale-postgres";
const JOB = "homeport-job-homeport-scale-sign";

/** Seconds until a port counts as one that drops. */
const DIAL_SECONDS = 3;

/** Seconds until the job has run, which it does three times a minute. */
const SIGNED = 90;

/** PostgreSQL on a server of ours, two containers of the application beside it, and a scheduled job. */
function settings(database: object = {}): SettingValues {
  return {
    "homeport:databaseUrl": "",
    "homeport:database": { server: "one", ...database },
    "homeport:servers": [{}, { replicas: 2 }, {}],
    "homeport:app": { jobs: [{ name: "sign", schedule: "*:*:0/20", command: "echo signed by $(hostname)" }] },
  };
}

changing("a database of our own", () => {
  const slug = `lab-tests-${randomUUID()}`;

  it("replaces the external one without a lost request", async () => {
    const lab = await theLab();
    const { failures } = await whileVisited(lab, () => lab.stack.deploy(settings()));
    expect(failures).toEqual([]);
    await addPost(lab.machines.two, slug);
    expect(await query(lab.machines.one, `SELECT draft FROM weblog_post WHERE slug = '${slug}'`)).toEqual(["f"]);
  });

  it("is saved where it runs, proven in a database beside it, and comes back", async () => {
    const lab = await theLab();
    const { pi, one } = lab.machines;
    for (const machine of [pi, one]) await machine.run(`mkdir -p ${DISK}`);
    const backup = { "homeport:backup": { repository: `${DISK}/site` } };
    await lab.stack.deploy({ ...settings(), ...backup });
    const saved = await command(lab, "backup", []);
    expect([saved.code, saved.stdout]).toEqual([0, expect.stringMatching(/saving: PostgreSQL\n.*is proven: .* rows/s)]);
    expect(await query(one, "SELECT datname FROM pg_database WHERE datname LIKE '%proof'")).toEqual([]);
    const count = "SELECT count(*) FROM weblog_post";
    const before = await query(one, count);
    await query(one, "TRUNCATE weblog_post");
    expect(await query(one, count)).toEqual(["0"]);
    const restored = await command(lab, "restore", ["--yes"]);
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining("what was there is in")]);
    expect(await query(one, count)).toEqual(before);
    await siteIsBack(lab);
    await lab.stack.deploy(settings());
    for (const machine of [pi, one]) await machine.run(`rm -rf ${DISK} /var/lib/homeport-backup/*-before-*`);
  });

  it("is reached by TLS from every server", async () => {
    const { machines } = await theLab();
    const sessions = await query(
      machines.one,
      "SELECT client_addr, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'django'",
    );
    expect([...new Set(sessions.map((line) => line.split("|")[1]))]).toEqual(["TLSv1.3"]);
    for (const server of [machines.pi, machines.two])
      expect(sessions).toContain(`${await tunnelAddress(server)}|TLSv1.3`);
  });

  it("refuses unencrypted connections, and fails verification by another authority or name", async () => {
    const { machines } = await theLab();
    const url = await databaseUrl(machines.two);
    const otherwise = (known: string, other: string): Promise<string> =>
      connecting(machines.two, url.replace(known, other));
    expect(await connecting(machines.two, url)).toMatch(/^connected$/m);
    expect(await otherwise("sslmode=verify-full", "sslmode=disable")).toContain("no encryption");
    expect(await otherwise("database_ca.pem", "storage_ca.pem")).toContain("certificate verify failed");
    expect(await otherwise("postgres.internal", await tunnelAddress(machines.one))).toContain(
      'certificate for "postgres.internal"',
    );
  });

  it("answers the servers through the tunnel, and neither the edge nor the visitor", async () => {
    const { machines } = await theLab();
    const { visitor, vps, pi, one, two } = machines;
    const address = await tunnelAddress(one);
    expect([await portFrom(pi, address, PORT), await portFrom(two, address, PORT)]).toEqual(["open", "open"]);
    expect(await portFrom(vps, address, PORT)).toBe("silent");
    expect(await openPorts(visitor, [one.address, vps.address], "-p", String(PORT))).toEqual([]);
  });

  it("answers no foreign container on its server, at any of the server's addresses", async () => {
    const { one } = (await theLab()).machines;
    const image = (
      await one.run("docker ps --format '{{.Image}}' --filter label=homeport.role=web | head -n 1")
    ).trim();
    for (const address of [one.address, await tunnelAddress(one)]) {
      const dial = `import socket; socket.create_connection(("${address}", ${PORT}), ${DIAL_SECONDS})`;
      const { code, stderr } = await one.attempt(`docker run --rm --entrypoint python3 ${image} -c '${dial}'`);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("timed out") as string });
    }
  });

  it("two containers on a server share its requests", async () => {
    const lab = await theLab();
    const { one } = lab.machines;
    const { path, counts } = await spread(lab, 40);
    expect(counts.size).toBe(3);
    expect(Math.abs((counts.get(`${await tunnelAddress(one)}:8444`) ?? 0) - 20)).toBeLessThanOrEqual(2);
    const containers = await appContainers(one, "web");
    const lines = containers.map(({ Name }) => loggedRequests(one, Name.slice(1), path));
    // One of the middleware for each, and none of Gunicorn's; the edge's health checks alternate as well.
    for (const { length } of await Promise.all(lines)) expect(Math.abs(length - 10)).toBeLessThanOrEqual(4);
  });

  it("a scheduled job runs in the container of the first server and on no other", async () => {
    const { machines } = await theLab();
    const { pi, one, two } = machines;
    const { Id } = await webContainer(pi);
    const said = await until("the job to run", SIGNED, async () => {
      const lines = await pi.lines(`journalctl -u ${JOB} -o cat | grep '^signed by' || true`);
      return lines.at(-1);
    });
    expect(said).toBe(`signed by ${Id.slice(0, 12)}`);
    for (const server of [one, two]) expect(await jobs(server)).toEqual([]);
  });

  it("rotates its password, refuses the old one, and the site stays up", async () => {
    const lab = await theLab();
    const { two } = lab.machines;
    const old = await databaseUrl(two);
    const rotated = settings({ rotatePassword: "once" });
    const { result, failures } = await whileVisited(lab, () => lab.stack.deploy(rotated));
    expect(result.changed).toEqual(expect.arrayContaining(["postgres-password", "postgres-role", "app-web"]));
    expect(result.changed).not.toContain("postgres");
    expect(failures).toEqual([]);
    expect(await connecting(two, old)).toContain("password authentication failed");
    expect(await connecting(two, await databaseUrl(two))).toMatch(/^connected$/m);
  });

  it("keeps its rows when its container is replaced", async () => {
    const lab = await theLab();
    const run = await lab.stack.deploy(settings({ rotatePassword: "once", memoryMb: 384 }));
    expect(run.changed).toEqual(["postgres", "postgres-files", "postgres-role"]);
    await siteIsBack(lab);
    expect(await postStatus(lab, slug)).toBe(200);
  });

  it("stays in its volume when the setting is removed, which is reported; the job is removed", async () => {
    const lab = await theLab();
    const { pi, one } = lab.machines;
    const { result, failures } = await whileVisited(lab, async () => {
      // First another one is read, and then it goes.
      await lab.stack.deploy({ "homeport:database": { server: "one", memoryMb: 384 } });
      return lab.stack.deploy();
    });
    expect(failures).toEqual([]);
    expect(result.output).toContain(`stays on one in the Docker volume ${VOLUME}; to delete it for good:`);
    expect(await appContainers(one, "postgres")).toEqual([]);
    expect(await one.lines("docker volume ls -q")).toContain(VOLUME);
    expect(await jobs(pi)).toEqual([]);
    expect(await postStatus(lab, slug)).toBe(404);
    await one.run(`docker volume rm ${VOLUME}`);
  });
});

async function jobs(server: Lab["machines"]["pi"]): Promise<string[]> {
  return server.lines("systemctl list-units --all --no-legend --plain 'homeport-job-*'");
}
