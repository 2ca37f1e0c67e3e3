import { readFileSync } from "node:fs";
import path from "node:path";

import { withBridgeState } from "../src/docker/bridge-state";
import { CONTAINER } from "../src/docker/container-schema";
import { diff } from "../src/docker/diff";
import { NETWORK } from "../src/docker/network-schema";
import { VOLUME } from "../src/docker/volume-schema";
import type { PropertyMap } from "../src/support/values";

/** A state that the real plugin wrote, at the create and at a refresh after it. */
interface RecordedState {
  readonly name: string;
  readonly type: "container" | "network" | "volume";
  readonly inputs: PropertyMap;
  readonly created: PropertyMap;
  readonly read: PropertyMap;
}

const SCHEMAS = { container: CONTAINER, network: NETWORK, volume: VOLUME };
const file = path.resolve(__dirname, "records/docker-states.json");
const STATES = JSON.parse(readFileSync(file, "utf8")) as RecordedState[];

const cases = STATES.flatMap(({ name, type, inputs, created, read }) => [
  { name: `${name}, created`, type, inputs, state: created, isRead: false },
  { name: `${name}, refreshed`, type, inputs, state: read, isRead: true },
]);

describe("a state of the real docker plugin", () => {
  it.each(cases)("says the same of the Terraform state as the stand-in would: $name", ({ type, state, isRead }) => {
    const outputs = Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith("__")));
    const { __pulumi_raw_state_delta: delta } = withBridgeState(SCHEMAS[type], outputs, isRead);
    expect(delta).toEqual(state.__pulumi_raw_state_delta);
  });

  it.each(cases)("is no change to the stand-in: $name", ({ type, inputs, state }) => {
    const request = { urn: "u", name: "n", type: "t", id: "id", oldInputs: inputs, news: inputs, ignoreChanges: [] };
    expect(diff(SCHEMAS[type], { ...request, olds: state })).toMatchObject({ changes: "none" });
  });
});
