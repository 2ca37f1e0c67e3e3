import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parse } from "yaml";

import { STACK } from "../../lab/domain";
import { until } from "../../lab/process";
import { titleOf } from "../../lab/stack/visit";
import { outputs, CHECKOUT, Lab, theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { LabStack } from "../support/lab-stack";
import { siteContainers } from "../support/lab-site";
import { visit } from "../support/lab-visitor";

const NAME = "staging.weblog.test";

/** Seconds for the name to be known, a certificate to be had and an emulated Django to answer its first request. */
const FIRST_ANSWER = 120;

changing("a second stack on the machines of the first", () => {
  let staging: LabStack | undefined;
  let before: string;

  beforeAll(async () => {
    const lab = await theLab();
    before = await production(lab);
    staging = await lab.stack.another("staging", await guestSettings());
  });

  afterAll(async () => {
    await staging?.destroy();
    await staging?.forget();
  });

  it("takes a few settings and one up, and its preview is clean", async () => {
    const run = await staging?.up();
    expect([run?.code, run?.code === 0 ? "" : run?.output]).toEqual([0, ""]);
    expect(run?.changed.filter((name) => /^(vps|pi-(files|secrets|verify)|traefik)/.test(name))).toEqual([]);
    expect(await staging?.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("both sites answer under their own names, each with its own data", async () => {
    const lab = await theLab();
    const { visitor } = lab.machines;
    const page = await until(`${NAME} to answer`, FIRST_ANSWER, async () => {
      const { status, body } = await visit(visitor, `https://${NAME}/`);
      if (status !== 200) throw new Error(`answered ${status}`);
      return body;
    });
    const first = await visit(visitor, (await outputs(lab)).url);
    expect([titleOf(page), first.status]).toEqual([titleOf(first.body), 200]);
    expect(first.body).toMatch(POST);
    expect(page).not.toMatch(POST);
  });

  it("blocks the destroy of its owner stack", async () => {
    const { stack } = await theLab();
    const run = await stack.destroy();
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("the site of the stack homeport/staging is on this host: destroy that one first");
    expect((await stack.up()).code).toBe(0);
  });

  it("leaves the first one unchanged when destroyed, and keeps its own data", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const run = await staging?.destroy();
    expect([run?.code, run?.code === 0 ? "" : run?.output]).toEqual([0, ""]);
    expect(await production(lab)).toBe(before);
    expect(await pi.run("docker volume ls -q | grep staging; find /etc/homeport -name '*staging*'")).toBe(
      "homeport-staging-data\n",
    );
    await pi.run("docker volume rm homeport-staging-data");
    await staging?.forget();
    staging = undefined;
  });
});

/** A link to a post: the first stack has the examples, the second nothing yet. */
const POST = /href="\/posts\/[a-z0-9-]+\//;

/** What belongs to the first stack: its containers with their starts, its files, and what its names lead to. */
async function production(lab: Lab): Promise<string> {
  const { pi, vps, visitor } = lab.machines;
  const containers = (await siteContainers(pi))
    .filter(({ Config }) => Config.Labels["homeport.owner"] === `homeport/${STACK}`)
    .map(({ Id, State }) => `${Id} ${State.StartedAt}`);
  const files = "find /etc/homeport -type f ! -name '*staging*' -printf '%p %i %T@ %m %u:%g\\n' | sort";
  const names = (await outputs(lab)).dnsRecords.map(({ name }) => name);
  return [
    ...containers,
    await pi.run(files),
    await vps.run(files),
    await visitor.run(`for name in ${names.join(" ")}; do getent ahostsv4 $name | sort -u; done`),
  ].join("\n");
}

/** A name, the stack whose machines are shared, and what is of this lab alone: where records are kept, and the base of images. */
async function guestSettings(): Promise<Record<string, unknown>> {
  const text = await readFile(join(CHECKOUT, `Pulumi.${STACK}.local.yaml`), "utf8");
  const { config } = parse(text) as { config: Record<string, Record<string, unknown>> };
  return {
    "homeport:host": { stack: STACK },
    "homeport:domain": NAME,
    "homeport:hosts": [NAME],
    "homeport:dns": config["homeport:dns"],
    "homeport:images": { python: config["homeport:images"]?.["python"] },
    // All labs of a machine share one count of processes.
    "homeport:app": { maxProcesses: 2048 },
  };
}
