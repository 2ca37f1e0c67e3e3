import { theLab } from "../../support/lab";
import { appContainers, siteShell, webContainer } from "../../support/lab-site";

/** SQLite, as the running site uses it. */
export function databaseTests(): void {
  it("uses WAL, waits for locks, and lets readers in during a write", async () => {
    const { pi } = (await theLab()).machines;
    const said = await siteShell(
      pi,
      `import sqlite3
from django.db import connection, transaction
def value(pragma):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        return cursor.fetchone()[0]
print(value("journal_mode"), value("busy_timeout"), value("synchronous"))
other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
with transaction.atomic():
    # Nothing has been written yet: only a transaction that is IMMEDIATE holds the place.
    print(other.execute("SELECT count(*) > 0 FROM django_migrations").fetchone()[0])
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        print(error)
other.execute("BEGIN IMMEDIATE")
print("free")`,
    );
    // synchronous 1 is NORMAL, which with WAL loses nothing to a crash of the program.
    expect(said.trim().split("\n").slice(-4)).toEqual(["wal 20000 1", "1", "database is locked", "free"]);
  });

  it("is in the volume that the release task and the site share", async () => {
    const { pi } = (await theLab()).machines;
    const all = [...(await appContainers(pi, "release")), ...(await appContainers(pi, "web"))];
    expect(all).toHaveLength(2);
    for (const { Mounts } of all)
      expect(Mounts.map(({ Name, Destination }) => [Name, Destination])).toContainEqual(["homeport-dev-data", "/data"]);
    const { Name } = await webContainer(pi);
    expect(await pi.run(`docker exec ${Name.slice(1)} ls /data`)).toContain("db.sqlite3\n");
  });

  it("was migrated once, by the image that serves, before it served", async () => {
    const { pi } = (await theLab()).machines;
    const web = await webContainer(pi);
    const [release] = await appContainers(pi, "release");
    if (release === undefined) throw new Error("there is no container of the release task");
    expect(release.Config.Image).toBe(web.Config.Image);
    expect(release.State).toMatchObject({ Running: false, ExitCode: 0 });
    expect(new Date(release.State.FinishedAt).getTime()).toBeLessThan(new Date(web.State.StartedAt).getTime());
    const migrations = (container: string): Promise<string> =>
      pi.run(`docker logs ${container.slice(1)} 2>&1 | grep -c 'Operations to perform' || true`);
    expect((await migrations(release.Name)).trim()).toBe("1");
    expect((await migrations(web.Name)).trim()).toBe("0");
  });
}
