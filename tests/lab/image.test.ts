import { appendFile, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { withBuild } from "../support/lab-build";
import { changing } from "../support/lab-group";
import { PICTURE_DIGEST, pictureUrl, POST, publishPost, removePost } from "../support/lab-post";
import { outputs, CHECKOUT, theLab } from "../support/lab";
import { receivedDuring, savedSizes } from "../support/lab-image";
import { webContainer } from "../support/lab-site";
import { SettingValues } from "../support/lab-stack";
import { visit } from "../support/lab-visitor";

/** An image of your own, of one file. */
const OWN = `ARG PYTHON_IMAGE
FROM $PYTHON_IMAGE
WORKDIR /site
RUN echo "an image of one's own" >index.html
USER 10001:10001
CMD ["python3", "-m", "http.server", "8200"]
`;

/** The largest that the example may be on top of its base: Django is 30 of them, what speaks to PostgreSQL and object storages 9. Megabytes. */
const LARGEST = 55;

/**
 * Bytes that a deploy may bring beside the layers, and beside what an `up` brings that finds nothing to do: the image's configuration, the route with the
 * host's script (31 KB), and what ssh and Docker's API say in some minutes of a start on an emulated processor.
 */
const BESIDE = 256 * 1024;

changing("the image", () => {
  beforeAll(publishPost);
  afterAll(async () => {
    await removePost((await theLab()).machines.pi, POST.slug);
  });

  it("adds little to its base, without tests, cache or compiler", async () => {
    const { pi } = (await theLab()).machines;
    const { Name, Config } = await webContainer(pi);
    const layers = await pi.lines(`docker history --human=false --format '{{.Size}} {{.CreatedBy}}' ${Config.Image}`);
    const own = layers.filter((line) => !line.includes("homeport lab")).map((line) => Number(line.split(" ")[0]));
    const megabytes = own.reduce((sum, size) => sum + size, 0) / 1e6;
    process.stderr.write(`          the example's layers are ${megabytes.toFixed(1)} MB\n`);
    expect(megabytes).toBeGreaterThan(1);
    expect(megabytes).toBeLessThan(LARGEST);
    const unwanted = "find /app -name tests -o -name .git -o -name README.md; command -v gcc || true";
    expect(await pi.run(`docker exec ${Name.slice(1)} sh -c "${unwanted}"`)).toBe("");
  });

  it("sends only the changed layers to the Pi after a change of code", async () => {
    const { stack, machines } = await theLab();
    const { pi } = machines;
    await stack.deploy();
    const { Image: old } = (await webContainer(pi)).Config;
    const idle = await receivedDuring(pi, () => stack.up("--expect-no-changes"));
    expect(idle.result.code).toBe(0);
    await withOwnContext(async (context) => {
      await cp(join(CHECKOUT, "app"), context, { recursive: true, preserveTimestamps: true });
      await appendFile(join(context, "mysite", "urls.py"), "# Changed.\n");
      const { result, bytes } = await receivedDuring(pi, () => stack.deploy({ "homeport:app": { context } }));
      const { Image: changed } = (await webContainer(pi)).Config;
      expect(changed).not.toBe(old);
      expect(result.output).toMatch(/sending \d+ of \d+ layers of /);
      const { whole, lacking } = await savedSizes(pi, changed, old);
      process.stderr.write(`          ${bytes} bytes for ${lacking} of ${whole}, ${idle.bytes} when nothing changed\n`);
      expect(bytes).toBeLessThan(whole / 10);
      expect(bytes - idle.bytes).toBeLessThan(lacking + BESIDE);
    });
  });

  it.each([
    ["linux/arm64", "aarch64"],
    ["linux/arm/v7", "armv7l"],
  ] as const)(
    "is built of the example for %s, runs there, and is not built again when nothing has changed",
    async (platform, machine) => {
      await withBuild(await theLab(), platform, async ({ id, buildAgain, say }) => {
        expect(await say("uname", "-m")).toBe(machine);
        expect(await buildAgain()).toBe(id);
      });
    },
  );

  it("can be built from your own Dockerfile", async () => {
    const lab = await theLab();
    await withOwnContext(async (context) => {
      const settings = own(context);
      const run = await lab.stack.withSettings(settings, () => lab.stack.up());
      expect(run.code).toBe(0);
      expect(await front()).toContain("an image of one's own");
      await lab.stack.withSettings(settings, async () => {
        expect(await lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
      });
    });
  });

  it("can be a reference to an image built elsewhere", async () => {
    const lab = await theLab();
    const reference = "site.example/own:1";
    const { Config } = await webContainer(lab.machines.pi);
    const [repository = "", tag = ""] = reference.split(":");
    await lab.docker.getImage(Config.Image).tag({ repo: repository, tag });
    try {
      const run = await lab.stack.withSettings(own("./app", { image: reference }), () => lab.stack.up());
      expect(run.code).toBe(0);
      expect((await webContainer(lab.machines.pi)).Config.Image).toBe(reference);
      expect(await front()).toContain("an image of one's own");
    } finally {
      await lab.docker.getImage(reference).remove();
    }
  });

  it("returns to the example with every upload, in new containers", async () => {
    const lab = await theLab();
    const { stack, machines } = lab;
    const before = await webContainer(machines.pi);
    const run = await stack.up();
    expect(run.code).toBe(0);
    expect(run.changed).toContain("app-web");
    expect((await webContainer(machines.pi)).Id).not.toBe(before.Id);
    expect(await machines.visitor.run(`curl -sSf '${await pictureUrl()}' | sha256sum`)).toContain(PICTURE_DIGEST);
  });
});

function own(context: string, more: Readonly<Record<string, unknown>> = {}): SettingValues {
  return {
    "homeport:app": {
      ...{ context, dockerfile: "Dockerfile.own", port: 8200, release: [], ...more },
    },
  };
}

async function withOwnContext<T>(action: (context: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "homeport-own-"));
  try {
    await writeFile(join(directory, "Dockerfile.own"), OWN);
    return await action(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What the visitor reads at the address of the site. */
async function front(): Promise<string> {
  const lab = await theLab();
  return (await visit(lab.machines.visitor, (await outputs(lab)).url)).body;
}
