import { randomUUID } from "node:crypto";

import { theLab } from "../support/lab";
import { spread } from "../support/lab-replies";
import { command } from "../support/lab-command";
import { addPost, postStatus } from "../support/lab-database";
import { changing } from "../support/lab-group";
import { Ended } from "../support/lab-machine";
import { SENDING, siteShell, whileVisited } from "../support/lab-site";
import { StackRun } from "../support/lab-stack";
import { portFrom } from "../support/lab-tunnel";

/** The Pi alone. */
const ALONE = { "homeport:servers": [{}] };

/** The same on SQLite, with a PostgreSQL beside it that is not in use. */
const SMALL = { ...ALONE, "homeport:database": { engine: "sqlite" } };

/** What a server more or less touches beside that server and its end of the tunnel at the edge: the route of the proxy there. */
const EDGE_OF_ONE_MORE = ["app-ingress"];

changing("growing", () => {
  const [there, alsoThere, here] = [newSlug(), newSlug(), newSlug()];

  it("removing a server touches that server, its end of the tunnel at the edge, and the route", async () => {
    const { stack } = await theLab();
    const run = await stack.withSettings({ "homeport:servers": [{}, {}] }, () => stack.preview());
    expect({ code: run.code, others: namesWithout(run, /\btwo\b/) }).toEqual({ code: 0, others: EDGE_OF_ONE_MORE });
    expect(run.changed).toEqual(expect.arrayContaining(["app-two-web", "traefik-two", "two-files"]));
  });

  it.each([
    ["the last server cannot be taken out", { "homeport:servers": [] }, "servers: is empty"],
    [
      "nor the one with the database",
      { ...ALONE, "homeport:databaseUrl": "", "homeport:database": { server: "two" } },
      "database.server: two is not the name of a server",
    ],
    [
      "nor the first called otherwise",
      { "homeport:servers": [{ name: "berry" }, {}, {}] },
      "servers[0].name: the first server was pi, the settings say berry",
    ],
  ])("%s", async (_, settings, fault) => {
    const { stack } = await theLab();
    const run = await stack.withSettings(settings, () => stack.preview());
    expect(run.code).not.toBe(0);
    expect(run.output).toContain(fault);
  });

  it("going back to one server and SQLite loses no request, not even a POST, and leaves the external data in place", async () => {
    const lab = await theLab();
    const { one, two } = lab.machines;
    // Two, so that one row more is there than in SQLite.
    for (const slug of [there, alsoThere]) await addPost(two, slug);
    const { result, failures } = await whileVisited(lab, () =>
      whileVisited(lab, () => lab.stack.deploy(SMALL), SENDING),
    );
    expect([...failures, ...result.failures]).toEqual([]);
    for (const server of [one, two]) {
      expect(result.result.output).toContain(`stays on ${server.name} in the Docker volume homeport-scale-data;`);
      expect(await server.lines("ls /var/lib/docker/containers")).toEqual([]);
      await server.run("test -d /var/lib/docker/volumes/homeport-scale-data");
      expect(
        await server.run("find /etc/homeport -type f 2>/dev/null || true; nft list tables; ip -o link show"),
      ).not.toMatch(/homeport|wg0/);
    }
    expect(await postStatus(lab, there)).toBe(404);
  });

  it("neither the database on the only server nor the proxy behind the edge answers at home", async () => {
    const lab = await theLab();
    const { router, pi } = lab.machines;
    const inner = [8444, 5432];
    await lab.stack.deploy({
      ...SMALL,
      "homeport:databaseUrl": "",
      "homeport:database": { engine: "sqlite", server: "pi" },
    });
    expect((await pi.lines("ss -Hltn 'sport = :8444 or sport = :5432'")).length).toBeGreaterThanOrEqual(inner.length);
    for (const port of inner) expect(await portFrom(router, pi.address, port)).toBe("silent");
    await lab.stack.deploy(SMALL);
    await pi.run("docker volume rm homeport-scale-postgres");
  });

  it("copies SQLite's rows to PostgreSQL, counts them on both sides, and overwrites nothing unasked", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    await addPost(pi, here);
    const refused = await command(lab, "manage", ["copydatabase"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/in weblog_post.*add --replace/);
    const copied = await command(lab, "manage", ["copydatabase", "--replace"]);
    expect(copied).toMatchObject({ code: 0 });
    const posts = await siteShell(
      pi,
      `from weblog.models import Post
print(Post.objects.count(), Post.objects.using("other").count())`,
    );
    expect(posts.trim().split("\n").at(-1)).toBe(counts(copied)["weblog_post"]?.join(" "));
    expect(different(copied)).toEqual([]);
    const again = await command(lab, "manage", ["copydatabase"]);
    expect([again.code, counts(again)]).toEqual([0, counts(copied)]);
  });

  it("switches from SQLite to PostgreSQL without a lost request", async () => {
    const lab = await theLab();
    const { result, failures } = await whileVisited(lab, () => lab.stack.deploy(ALONE));
    expect(failures).toEqual([]);
    expect(namesWithout(result, /^app-(release|release-run|web|gate|route|visit)$/)).toEqual([]);
    expect([await postStatus(lab, here), await postStatus(lab, there)]).toEqual([200, 404]);
  });

  it("adding two servers touches the edge and the route, and no other server", async () => {
    const lab = await theLab();
    const preview = await lab.stack.preview();
    expect(preview.code).toBe(0);
    expect(namesWithout(preview, /\b(one|two)\b/)).toEqual(["app-linux-amd64-image", ...EDGE_OF_ONE_MORE].sort());
    const { failures } = await whileVisited(lab, () => lab.stack.deploy());
    expect(failures).toEqual([]);
    expect((await spread(lab, 30)).counts.size).toBe(3);
  });
});

function newSlug(): string {
  return `lab-tests-${randomUUID()}`;
}

function namesWithout({ changed }: StackRun, expected: RegExp): string[] {
  return changed.filter((name) => !expected.test(name));
}

/** Rows of each table on both sides, as copydatabase has printed them. */
function counts({ stdout }: Ended): Record<string, readonly string[]> {
  const lines = stdout.split("\n").map((line) => /^(\S+) +(\d+) +(\d+)$/.exec(line)?.slice(1) ?? []);
  return Object.fromEntries(lines.flatMap(([table, ...both]) => (table === undefined ? [] : [[table, both] as const])));
}

function different(copied: Ended): string[] {
  return Object.entries(counts(copied))
    .filter(([, [from, to]]) => from !== to)
    .map(([table]) => table);
}
