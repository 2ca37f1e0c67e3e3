import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { conformanceImages, DOCKER_SOCKET, noEngine, removeContainers, removeVolume } from "./support/docker-engine";
import { dockerCase, dockerCases } from "./support/docker-records";
import { FakeSsh } from "./support/fake-ssh";
import { isError, PluginClient } from "./support/plugin-client";
import { ask, mask, tidy } from "./support/recorded-cases";

const reason = noEngine();
if (reason !== undefined) process.stdout.write(`skipped: the docker stand-in on a real engine (${reason})\n`);

const folder = mkdtempSync(path.join(tmpdir(), "homeport-docker-"));
const CASES = dockerCases({ "/tmp/conformance-": `${folder}/` }).filter(
  ({ method, name }) => method === "lifecycle" || name === "image: build at preview",
);

/** What each engine and context has of its own, and what a registry that cannot be reached is called. */
const VARYING = {
  contextDigest: /^[0-9a-f]{64}$/,
  repoDigest: /^sha256:[0-9a-f]{64}$/,
  details: /error pulling image conformance:none: Error response from daemon: /,
};

/** A container that ends at once may still be running when it is read: asked again, at most this often. */
const TRIES = 3;

const CONTAINER = "urn:pulumi:dev::conformance::docker:index/container:Container::standin";

(reason === undefined ? describe : describe.skip)("the docker stand-in on a real engine", () => {
  let plugin: PluginClient;
  let images: { remove(): Promise<void> };

  beforeAll(async () => {
    for (const [name, text] of [
      ["context", "FROM conformance:1\nLABEL a=1\n"],
      ["context2", "FROM conformance:1\nLABEL a=2\n"],
      ["fails", "FROM conformance:1\nRUN echo before && false\n"],
    ] as const) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, "Dockerfile"), text);
      chmodSync(path.join(folder, name, "Dockerfile"), 0o644);
    }
    images = await conformanceImages();
    plugin = await PluginClient.start("docker", { host: `unix://${DOCKER_SOCKET}` });
  }, 60_000);

  afterAll(async () => {
    await plugin.stop();
    // Never healthy, and left there, as the real plugin leaves it.
    await removeContainers("case15");
    await removeContainers("standin");
    await removeVolume("conformance-v");
    await images.remove();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it.each(CASES)(
    "answers as recorded: $name",
    async (recorded) => {
      const expected = mask(recorded.answer, VARYING);
      let answer: unknown;
      for (let tries = 0; tries < TRIES; tries++) {
        answer = mask(tidy(await ask(plugin, recorded)), VARYING);
        if (JSON.stringify(answer) === JSON.stringify(expected) || recorded.index !== 14) break;
      }
      expect(answer).toEqual(expected);
    },
    60_000,
  );

  it("sends the lines of a build as they come", () => {
    const lines = plugin.engine.lines.map(({ message }) => message);
    expect(lines).toEqual(expect.arrayContaining(["Starting Docker build", "before"]));
  });

  const make = async (inputs: Record<string, string | number | boolean | string[]>) => {
    const checked = await plugin.check(CONTAINER, {}, { image: "conformance:1", ...inputs });
    if (isError(checked)) throw new Error(checked.error.details);
    const made = await plugin.create(CONTAINER, checked.inputs);
    if (isError(made)) throw new Error(made.error.details);
    return { ...made, inputs: checked.inputs };
  };

  it("runs a task once and gives its exit code and both its outputs", async () => {
    const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    const task = await make({ command, mustRun: false, attach: true, logs: true });
    expect(task.properties).toMatchObject({ exitCode: 3, mustRun: false });
    // Which of two outputs comes first is unknown.
    expect(["out\nerr\n", "err\nout\n"]).toContain(task.properties.containerLogs);
    await plugin.delete(CONTAINER, task.id, task.properties);
  });

  it("updates limits and restart policy in place, and starts a container that was stopped", async () => {
    const { id, properties, inputs } = await make({ command: ["sleep", "600"], memory: 64, memorySwap: 64 });
    const news = { ...inputs, memory: 96, memorySwap: 96, restart: "always", cpuShares: 512 };
    const updated = await plugin.update(CONTAINER, id, { ...properties, mustRun: false }, inputs, news);
    if (isError(updated)) throw new Error(updated.error.details);
    const found = await plugin.read(CONTAINER, id, updated.properties, news);
    if (isError(found)) throw new Error(found.error.details);
    expect(found.properties).toMatchObject({
      memory: 96,
      memorySwap: 96,
      restart: "always",
      cpuShares: 512,
      mustRun: true,
    });
    expect(found.inputs).toEqual(news);
    expect(await plugin.diff(CONTAINER, id, found.properties, news, news)).toMatchObject({ changes: "none" });
    await plugin.delete(CONTAINER, id, properties);
    // An answer without id means gone, and removing it once more is no fault.
    expect(await plugin.read(CONTAINER, id, properties, inputs)).toMatchObject({ id: "" });
    expect(await plugin.delete(CONTAINER, id, properties)).toEqual({ deleted: true });
  });

  it("waits for the container to exit only as long as configured", async () => {
    const command = ["sh", "-c", "trap '' TERM; sleep 600 & wait"];
    const { id, properties } = await make({ command });
    const started = Date.now();
    await plugin.delete(CONTAINER, id, properties);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it("rejects a container whose health cannot be waited for, and says what to do", async () => {
    const checked = await plugin.check(
      CONTAINER,
      {},
      { image: "conformance:1", command: ["sleep", "600"], wait: true },
    );
    if (isError(checked)) throw new Error(checked.error.details);
    const answer = await plugin.create(CONTAINER, checked.inputs);
    const details = isError(answer) ? answer.error.details : "";
    expect(details).toContain("Please remove the 'wait' argument or add a 'healthcheck' attribute");
  });

  it("does the same over ssh, and keeps its connections", async () => {
    const ssh = new FakeSsh(DOCKER_SOCKET);
    const remote = await PluginClient.start(
      "docker",
      { host: "ssh://pi@pi.test:2222", sshOpts: JSON.stringify(["-o", "ControlMaster=auto"]) },
      ssh.env,
    );
    try {
      const recorded = dockerCase("container: plain lifecycle");
      expect(tidy(await ask(remote, recorded))).toEqual(recorded.answer);
      const command = "-o ControlMaster=auto -o ConnectTimeout=30 -T -l pi -p 2222 -- pi.test docker system dial-stdio";
      // A dozen calls of the API; two at once need a second connection.
      expect(ssh.calls()).toEqual(expect.arrayContaining([command]));
      expect(ssh.calls().length).toBeLessThan(4);
    } finally {
      await remote.stop();
      ssh.remove();
    }
  });
});
