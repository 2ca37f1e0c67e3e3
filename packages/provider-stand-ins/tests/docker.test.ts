import { readFileSync } from "node:fs";
import path from "node:path";

import type { ContainerInspectInfo } from "dockerode";

import { check } from "../src/docker/check";
import { CONTAINER } from "../src/docker/container-schema";
import { containerState } from "../src/docker/container-state";
import { diff } from "../src/docker/diff";
import { NETWORK } from "../src/docker/network-schema";
import { plan } from "../src/docker/plan";
import { settled } from "../src/docker/properties";
import { refreshedInputs } from "../src/docker/read-inputs";
import type { PropertyMap } from "../src/support/values";
import { UNKNOWN } from "../src/support/values";
import { dockerCase, dockerCases } from "./support/docker-records";
import { PluginClient } from "./support/plugin-client";
import { ask, tidy } from "./support/recorded-cases";

/** Needs an engine, or is of a resource that the stand-in does not have (the program pulls no image by itself). */
const ELSEWHERE = ["remote image: check", "image: build at preview"];

const SEED = Buffer.alloc(32, 7);
const LIFECYCLE = dockerCase("container: lifecycle");

function request(news: PropertyMap, olds: PropertyMap = {}, name = "case11") {
  const type = "docker:index/container:Container";
  return { urn: `urn:pulumi:dev::conformance::${type}::${name}`, name, type, olds, news, randomSeed: SEED };
}

/** The recorded container as an engine (20.10) described it, read as the provider reads it. */
function made(): { inputs: PropertyMap; state: PropertyMap } {
  const { inputs } = check(CONTAINER, request(LIFECYCLE.inputs ?? {}));
  const file = path.resolve(__dirname, "records/docker-inspect.json");
  const inspected = JSON.parse(readFileSync(file, "utf8")) as ContainerInspectInfo;
  return { inputs, state: containerState(plan(CONTAINER, inputs), inspected) };
}

function compare(state: PropertyMap, oldInputs: PropertyMap, news: PropertyMap) {
  const { inputs } = check(CONTAINER, request(news, oldInputs));
  const answer = diff(CONTAINER, {
    ...request(inputs),
    id: "id",
    olds: state,
    oldInputs,
    news: inputs,
    ignoreChanges: [],
  });
  const { changes, replaces = [], deleteBeforeReplace = false, detailedDiff = {} } = answer;
  return { changes, replaces, deleteBeforeReplace, detailedDiff };
}

describe("the stand-in for the docker plugin", () => {
  let plugin: PluginClient;
  // A host reached by ssh is not called before it is needed: checks and previews work while it is down.
  beforeAll(async () => {
    plugin = await PluginClient.start("docker", {
      host: "ssh://nobody@127.0.0.1:9",
      sshOpts: '["-o","BatchMode=yes"]',
    });
  });
  afterAll(() => plugin.stop());

  const pure = dockerCases().filter(({ method, name }) => method !== "lifecycle" && !ELSEWHERE.includes(name));
  it.each(pure)("answers as recorded: $name", async (recorded) => {
    expect(tidy(await ask(plugin, recorded))).toEqual(recorded.answer);
  });

  it("says in Docker's words why an ssh host cannot be used", async () => {
    const { type = "" } = dockerCase("volume: lifecycle");
    const answer = await plugin.create(`urn:pulumi:dev::conformance::${type}::v`, { name: "v" });
    expect(answer).toEqual({
      error: {
        code: 2,
        details: expect.stringMatching(
          /^1 error occurred:\n\t\* failed to create Docker client: Error pinging Docker server, please make sure that ssh:\/\/nobody@127\.0\.0\.1:9 is reachable and has a {2}'_ping' endpoint\. Error: error during connect: command \[ssh -o BatchMode=yes -o ConnectTimeout=30 -T -l nobody -p 9 -- 127\.0\.0\.1 docker system dial-stdio\] has exited with exit status 255/,
        ) as string,
      },
    });
  });
});

describe("the docker stand-in's diff of a container", () => {
  const { inputs, state } = made();
  const answers = (LIFECYCLE.answer as { diffs: Record<string, unknown> }).diffs;
  const changes: Record<string, PropertyMap> = { "nothing changed": {}, ...LIFECYCLE.changes };

  it.each(Object.keys(changes))("answers as recorded: %s", (name) => {
    expect(compare(state, inputs, { ...LIFECYCLE.inputs, ...changes[name] })).toEqual(answers[name]);
  });

  it("finds no change when the swap limit is given too", () => {
    const news = { ...LIFECYCLE.inputs, memorySwap: 256 };
    expect(compare(state, inputs, news).changes).toBe("none");
  });

  it("replaces for one more mount, though a changed mount is an update", () => {
    const mounts = [
      { target: "/m", type: "bind", source: "/tmp", readOnly: true },
      { target: "/n", type: "bind", source: "/tmp", readOnly: true },
    ];
    const answer = compare(state, inputs, { ...LIFECYCLE.inputs, memorySwap: 256, mounts });
    expect(answer).toMatchObject({ replaces: ["mounts"], detailedDiff: { "mounts[1]": "add-replace" } });
  });

  it("sees a health check's duration of a minute as Docker writes it, so that 60s is a change at every up", () => {
    const healthcheck = { tests: ["CMD", "true"], interval: "60s", timeout: "2s", retries: 3, startPeriod: "1s" };
    const read = { ...state, healthcheck: { ...(state.healthcheck as PropertyMap), interval: "1m0s" } };
    const written = (interval: string) =>
      compare(read, inputs, { ...LIFECYCLE.inputs, memorySwap: 256, healthcheck: { ...healthcheck, interval } });
    expect(written("60s").detailedDiff).toEqual({ "healthcheck.interval": "update" });
    expect(written("1m0s").changes).toBe("none");
  });

  it("finds no change of a container that failed before it was read: the next up takes it as it is", () => {
    const ports = [{ internal: 80 }];
    const checked = check(CONTAINER, request({ image: "conformance:1", ports })).inputs;
    expect(compare(settled(plan(CONTAINER, checked)), checked, { image: "conformance:1", ports }).changes).toBe("none");
  });

  it("takes the order of sets for no change", () => {
    const labels = [
      { label: "b", value: "2" },
      { label: "a", value: "1" },
    ];
    const both = { ...LIFECYCLE.inputs, memorySwap: 256, labels, envs: ["B=2", "A=1"] };
    const checked = check(CONTAINER, request(both)).inputs;
    const before = { ...state, labels: plan(CONTAINER, checked).labels ?? null, envs: ["A=1", "B=2"] };
    expect(compare(before, checked, { ...both, labels: [...labels].reverse(), envs: ["A=1", "B=2"] }).changes).toBe(
      "none",
    );
  });

  it("replaces where an unknown value could", () => {
    expect(compare(state, inputs, { ...LIFECYCLE.inputs, memorySwap: 256, image: UNKNOWN })).toEqual({
      changes: "some",
      replaces: ["image"],
      deleteBeforeReplace: true,
      detailedDiff: { image: "update-replace" },
    });
  });
});

describe("the docker stand-in's state", () => {
  it("shows a stopped container that must run as one that need not", () => {
    const { inputs, state } = made();
    const file = path.resolve(__dirname, "records/docker-inspect.json");
    const inspected = JSON.parse(readFileSync(file, "utf8")) as ContainerInspectInfo;
    const stopped = { ...inspected, State: { ...inspected.State, Running: false, ExitCode: 3 } };
    const after = containerState(state, stopped);
    expect(after).toMatchObject({ mustRun: false, exitCode: 3 });
    expect(compare(after, inputs, { ...LIFECYCLE.inputs, memorySwap: 256 }).detailedDiff.mustRun).toBe("update");
  });

  it("puts drift into the inputs on refresh, and nothing else", () => {
    const { inputs, state } = made();
    expect(refreshedInputs(inputs, state)).toEqual(inputs);
    expect(refreshedInputs(inputs, { ...state, restart: "no", memory: 64 })).toEqual({
      ...inputs,
      restart: "no",
      memory: 64,
    });
  });

  it("keeps a name it made up, and drops it when the resource is replaced", () => {
    const first = check(NETWORK, request({}, {}, "net")).inputs;
    const seed = { randomSeed: Buffer.alloc(32, 8) };
    expect(check(NETWORK, { ...request({}, first, "net"), ...seed }).inputs.name).toBe(first.name);
    expect(check(NETWORK, { ...request({}, {}, "net"), ...seed }).inputs.name).not.toBe(first.name);
  });
});
