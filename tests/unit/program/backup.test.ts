import { HOST_KEYS } from "../../support/fixtures";
import { Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const BACKUP = { repository: "/mnt/disk/site", restore: "latest" };

const saved = (run: Run): string[] => run.resources.map(({ name }) => name).filter((name) => name.startsWith("backup"));

test("without a repository nothing is installed, and the key stays for the day on which there is one again", async () => {
  expect(saved(await runProgram())).toEqual(["backup", "backup-key"]);
});

test("the server saves its data by a key that nobody sees, and is filled before the release", async () => {
  const run = await runProgram({ settings: { backup: BACKUP } });
  expect(saved(run)).toEqual(["backup", "backup-key", "backup-nightly", "backup-restore"]);
  expect(run.outputs["backupKey"]).toMatchObject({ secret: true });
  const names = run.order;
  expect(names.indexOf("backup-restore")).toBeLessThan(names.indexOf("app-release"));
});

test("PostgreSQL on another server is saved there, and the volumes where they are", async () => {
  const storage = { endpoint: "https://s3.example.org", bucket: "weblog" };
  const keys = { storageAccessKey: "ACCESS-KEY", storageSecretKey: "SECRET-KEY" };
  const [pi] = FULL.servers;
  const servers = [
    { ...pi, sshOverTunnel: false },
    { ...pi, name: "two", address: "192.168.77.12", hostKey: HOST_KEYS.vps },
  ];
  const database = { engine: "postgresql", server: "two" };
  const run = await runProgram({ settings: { servers, database, storage, ...keys, backup: BACKUP } });
  expect(saved(run)).toEqual(expect.arrayContaining(["backup-nightly", "backup-nightly-two", "backup-restore-two"]));
});

test.each([
  [{ restore: "latest" }, "backup.restore: needs backup.repository: where the backup is"],
  [{ repository: "rest:https://me:word@host/x" }, "backup.repository: has a password in plain text"],
  [{ repository: "mnt/disk" }, "backup.repository: "],
  [{ repository: "/mnt/disk", at: "25:00" }, "backup.at: "],
])("%j is refused", async (backup, fault) => {
  await expect(runProgram({ settings: { backup } })).rejects.toThrow(fault);
});
