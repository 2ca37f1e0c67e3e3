import { randomUUID } from "node:crypto";

import { theLab } from "../support/lab";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { Ended } from "../support/lab-machine";
import { manage, siteIsBack } from "../support/lab-site";

/** A disk of the Pi beside its own. */
const DISK = "/mnt/lab-disk";
const SETTINGS = { "homeport:backup": { repository: `${DISK}/site` } };

const PROGRAM = "/usr/local/lib/homeport/backup homeport-dev";
const VOLUME = "/var/lib/docker/volumes/homeport-dev-data/_data";

/** A table that a test writes to, beside the project's. */
const DATABASE = `${VOLUME}/db.sqlite3`;

/** Somebody who writes rows as fast as they are acknowledged, until the file ${"`stop`"} is there, and counts them in another file. */
const WRITER = `import os, sqlite3, sys
database = sqlite3.connect("${DATABASE}", timeout=60, isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS lab_rows (n INTEGER PRIMARY KEY)")
while not os.path.exists("/run/lab-writer-stop"):
    database.execute("INSERT INTO lab_rows DEFAULT VALUES")
    open("/run/lab-writer", "w").write(str(database.execute("SELECT max(n) FROM lab_rows").fetchone()[0]))
`;

/** Starts it, and waits for its first row. */
const WRITING = `rm -f /run/lab-writer-stop /run/lab-writer
cat >/run/lab-writer.py <<'PYTHON'
${WRITER}PYTHON
systemd-run --quiet --collect --unit=homeport-lab-writer python3 /run/lab-writer.py
until [ -s /run/lab-writer ]; do sleep 0.1; done`;

/** Has it end, and waits for that. */
const WRITTEN = `touch /run/lab-writer-stop
while systemctl is-active --quiet homeport-lab-writer; do sleep 0.1; done`;

async function pi() {
  return (await theLab()).machines.pi;
}

async function daily(name: string, ...words: string[]): Promise<Ended> {
  return command(await theLab(), name, words);
}

async function titles(): Promise<string> {
  return manage(
    await pi(),
    `shell -c "from weblog.models import Post; print(sorted(Post.objects.values_list('title', flat=True)))"`,
  );
}

changing("backups", () => {
  it("say how to begin where there are none", async () => {
    const { code, stderr } = await daily("backup");
    expect([code, stderr]).toEqual([1, expect.stringContaining("set backup.repository, then run 'pulumi up'")]);
  });

  it("are made, fetched back and compared, while the site is written to", async () => {
    const { stack } = await theLab();
    const machine = await pi();
    await machine.run(`mkdir -p ${DISK}`);
    expect(await stack.withSettings(SETTINGS, () => stack.up())).toMatchObject({
      code: 0,
      changed: ["backup-nightly"],
    });
    await machine.run(WRITING);
    try {
      const { code, stdout } = await daily("backup");
      expect([code, stdout]).toEqual([0, expect.stringMatching(/is proven: .* rows and \d+ files compared/)]);
    } finally {
      await machine.run(WRITTEN);
    }
    expect((await daily("backups")).stdout).toMatch(/^[0-9a-f]{8} {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}proven, \d+ rows$/m);
    const { code, stdout } = await daily("status");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/backup of .* UTC: [0-9a-f]{8} is proven/)]);
  });

  it("survive being killed at any moment: the next one is good, and no row is lost", async () => {
    const machine = await pi();
    await machine.run(WRITING);
    try {
      for (const milliseconds of [100, 400, 900, 1600, 2500]) {
        await machine.run(`setsid ${PROGRAM} run >/dev/null 2>&1 &
sleep ${milliseconds / 1000}
kill -KILL -- -$!; wait $! 2>/dev/null || true`);
      }
    } finally {
      await machine.run(WRITTEN);
    }
    const acknowledged = Number(await machine.run("cat /run/lab-writer"));
    const { code, stdout } = await daily("backup");
    expect([code, stdout]).toEqual([0, expect.stringContaining("is proven")]);
    const rows = await machine.run(
      `python3 -c 'import sqlite3; d = sqlite3.connect("${DATABASE}"); print(d.execute("SELECT count(*) FROM lab_rows").fetchone()[0], d.execute("PRAGMA integrity_check").fetchone()[0])'`,
    );
    const [count, verdict] = rows.trim().split(" ");
    expect(Number(count)).toBeGreaterThanOrEqual(acknowledged);
    expect(verdict).toBe("ok");
  });

  it("come back: what was lost is there again, and what was there is kept", async () => {
    const lab = await theLab();
    const machine = await pi();
    const before = await titles();
    const file = `${VOLUME}/media/${randomUUID()}`;
    await manage(machine, `shell -c "from weblog.models import Post; Post.objects.all().delete()"`);
    await machine.run(`mkdir -p ${VOLUME}/media; echo new >${file}`);
    const asked = await daily("restore");
    expect([asked.code, asked.stdout]).toEqual([1, expect.stringContaining("nothing was changed: 'yes', or --yes")]);
    const { code, stdout } = await daily("restore", "--yes");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/is back; what was there is in \/var\/lib\/homeport-backup\//),
    ]);
    await siteIsBack(lab);
    expect(await titles()).toBe(before);
    expect(
      await machine.run(
        `ls ${file} 2>/dev/null || cat /var/lib/homeport-backup/homeport-dev-before-*/homeport-dev-data/media/${file.split("/").at(-1) ?? ""}`,
      ),
    ).toBe("new\n");
    await machine.run("rm -rf /var/lib/homeport-backup/homeport-dev-before-*");
  });

  it("fill a server that has lost its data, by one setting and one up", async () => {
    const lab = await theLab();
    const { stack } = lab;
    const before = await titles();
    await (
      await pi()
    ).run(
      "docker rm -f $(docker ps -aq --filter volume=homeport-dev-data) >/dev/null; docker volume rm homeport-dev-data",
    );
    const settings = { "homeport:backup": { ...SETTINGS["homeport:backup"], restore: "latest" } };
    expect(await stack.withSettings(settings, () => stack.up())).toMatchObject({ code: 0 });
    await siteIsBack(lab);
    expect(await titles()).toBe(before);
    expect(await stack.withSettings(settings, () => stack.preview("--expect-no-changes"))).toMatchObject({ code: 0 });
  });

  it.each([
    [
      "a disk that is not mounted",
      `mv ${DISK} ${DISK}.away`,
      `mv ${DISK}.away ${DISK}`,
      /the repository is gone: is the disk mounted\?/,
    ],
    [
      "somebody else's repository",
      "sed -i 's/^RESTIC_PASSWORD=/&not-/' /etc/homeport/backup/homeport-dev.env",
      "sed -i 's/^RESTIC_PASSWORD=not-/RESTIC_PASSWORD=/' /etc/homeport/backup/homeport-dev.env",
      /made with another key: set the right one \(backupKey\)/,
    ],
    [
      "a full disk",
      `data=${DISK}/site/data; cp -a $data /run/lab-data; mount -t tmpfs -o size=40m tmpfs $data; cp -a /run/lab-data/. $data
head -c 3000000 /dev/urandom >${VOLUME}/media/lab-large; dd if=/dev/zero of=$data/filling bs=64k 2>/dev/null || true`,
      `umount ${DISK}/site/data; rm -rf /run/lab-data ${VOLUME}/media/lab-large`,
      /it is full: make room there/,
    ],
    [
      "a damaged disk",
      `mount -t tmpfs tmpfs ${DISK}/site/data`,
      `umount ${DISK}/site/data`,
      /cannot be read back: look after its disk/,
    ],
  ])(
    "%s: one sentence that says what to do, in status as well, and the next one is good",
    async (_, breaking, mending, said) => {
      const machine = await pi();
      await machine.run(breaking);
      try {
        const { code, stderr } = await daily("backup");
        expect([code, stderr]).toEqual([1, expect.stringMatching(said)]);
        const status = await daily("status");
        expect([status.code, status.stdout]).toEqual([
          1,
          expect.stringMatching(/PROBLEM: the last backup failed: .*npm run backup/),
        ]);
      } finally {
        await machine.run(mending);
      }
      expect(await daily("backup")).toMatchObject({ code: 0 });
    },
  );

  it("end with the setting, and stay where they are kept", async () => {
    const { stack } = await theLab();
    const machine = await pi();
    await machine.run(
      `python3 -c 'import sqlite3; sqlite3.connect("${DATABASE}").execute("DROP TABLE IF EXISTS lab_rows")'; rm -f /run/lab-writer*`,
    );
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(
      await machine.lines(`ls /etc/homeport/backup /etc/systemd/system/homeport-backup-* 2>/dev/null || true`),
    ).toEqual([]);
    expect(await machine.lines(`ls ${DISK}/site`)).toContain("snapshots");
    await machine.run(`rm -rf ${DISK}`);
  });
});
