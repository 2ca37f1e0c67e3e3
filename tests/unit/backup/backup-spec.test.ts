import { BackupSettings, backupSpec, environmentOf } from "../../../components/backup/backup-spec";

const SETTINGS: BackupSettings = {
  ...{ app: "blog", owner: "homeport/dev", machine: "pi", volumes: true, postgres: null },
  files: ["/etc/ssh/ssh_host_*"],
  keep: { daily: 7, weekly: 4, monthly: 12 },
};
const PLACE = { repository: "/mnt/disk/site", key: "KEY", environment: undefined };

const spec = backupSpec(SETTINGS, "03:30", PLACE);
const file = (path: string): string => spec.files.find((one) => one.path === path)?.text ?? "";

test("what has a secret can be read by root alone", () => {
  const modes = spec.files.filter(({ path }) => path.startsWith("/etc/homeport/backup/"));
  expect(modes.map(({ mode }) => mode)).toEqual(["0600", "0600"]);
});

test("the program gets every setting that it reads, and no other", () => {
  const given = Object.keys(JSON.parse(file("/etc/homeport/backup/blog.json")) as object);
  const program = file("/usr/local/lib/homeport/backup");
  const asked = [...program.matchAll(/self\.(?:settings|of)\[["'](\w+)["']\]/g)].map(([, name]) => name);
  expect([...new Set(asked)].sort()).toEqual(given.sort());
});

test("a night that the machine was off is made up for", () => {
  const timer = file("/etc/systemd/system/homeport-backup-blog.timer");
  expect(timer).toContain("OnCalendar=*-*-* 03:30:00\n");
  expect(timer).toContain("Persistent=yes\n");
});

test("the operator's own variables count, a line each", () => {
  const environment = " AWS_ACCESS_KEY_ID=a\nRESTIC_REPOSITORY=rest:https://me:word@host/x ";
  expect(environmentOf({ ...PLACE, environment })).toBe(
    "RESTIC_REPOSITORY=/mnt/disk/site\nRESTIC_PASSWORD=KEY\nAWS_ACCESS_KEY_ID=a\nRESTIC_REPOSITORY=rest:https://me:word@host/x\n",
  );
});

test("no login is in a note", () => {
  const { notes } = backupSpec(SETTINGS, "03:30", { ...PLACE, repository: "sftp://me@host/x" });
  expect(notes.join()).toContain("sftp://host/x");
});
