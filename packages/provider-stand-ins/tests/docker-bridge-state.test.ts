import { readFileSync } from "node:fs";
import path from "node:path";

import type { ContainerInspectInfo } from "dockerode";

import { withBridgeState } from "../src/docker/bridge-state";
import { check } from "../src/docker/check";
import { CONTAINER } from "../src/docker/container-schema";
import { containerState } from "../src/docker/container-state";
import { diff } from "../src/docker/diff";
import { NETWORK } from "../src/docker/network-schema";
import { plan } from "../src/docker/plan";
import type { ResourceSchema } from "../src/docker/schema";
import { VOLUME } from "../src/docker/volume-schema";
import { snakeCase } from "../src/support/bridged";
import type { PropertyMap, PropertyValue } from "../src/support/values";
import { asText, isMap, UNKNOWN } from "../src/support/values";
import { dockerCase } from "./support/docker-records";

const INPUTS = dockerCase("container: lifecycle").inputs ?? {};

/** The recorded container as an engine described it, read as the provider reads it. */
function container(): PropertyMap {
  const file = path.resolve(__dirname, "records/docker-inspect.json");
  const inspected = JSON.parse(readFileSync(file, "utf8")) as ContainerInspectInfo;
  return containerState(plan(CONTAINER, checked(CONTAINER, INPUTS)), inspected);
}

function checked(schema: ResourceSchema, news: PropertyMap): PropertyMap {
  const request = { urn: "u", name: "case11", type: "t", olds: {}, news, randomSeed: Buffer.alloc(32, 7) };
  return check(schema, request).inputs;
}

/** The Terraform value that a delta makes of a Pulumi value, by the rules of the bridge (pkg/tfbridge/rawstate.go, Recover). */
function recover(delta: PropertyValue, value: PropertyValue): PropertyValue {
  const { obj, plu, arr, map } = isMap(delta) ? delta : {};
  if (isMap(plu)) return value === null ? [] : [recover(plu.i ?? null, value)];
  if (isMap(map)) return isMap(value) ? value : fault("a map", value);
  if (isMap(arr)) {
    const deltas = isMap(arr.el) ? arr.el : {};
    return Array.isArray(value)
      ? value.map((item, i) => recover(deltas[String(i)] ?? null, item))
      : fault("a list", value);
  }
  if (isMap(obj)) return isMap(value) ? object(obj, value) : fault("an object", value);
  // Without a delta the bridge takes a value as it is, and refuses an object: it could be a map or a block.
  return isMap(value) ? fault("a delta", value) : value;
}

function object(obj: PropertyMap, value: PropertyMap): PropertyMap {
  const { ps, renamed } = obj;
  const names = Object.keys(value).filter((name) => !name.startsWith("__"));
  return Object.fromEntries(
    names.map((name) => [
      (isMap(renamed) && typeof renamed[name] === "string" && renamed[name]) || snakeCase(name),
      recover(isMap(ps) ? (ps[name] ?? null) : null, value[name] ?? null),
    ]),
  );
}

function fault(expected: string, value: PropertyValue): never {
  throw new Error(`expected ${expected}: ${JSON.stringify(value)}`);
}

const terraform = (state: PropertyMap) => recover(state.__pulumi_raw_state_delta ?? null, state);

describe("what the real docker plugin keeps in a state", () => {
  it("of a container has the schema's version, its time limits, and gives the Terraform state", () => {
    const state = container();
    expect(JSON.parse(asText(state.__meta))).toEqual({
      "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0": { create: 1.2e12, delete: 1.2e12, update: 1.2e12 },
      schema_version: "2",
    });
    expect(terraform(state)).toMatchObject({
      id: state.id,
      command: ["sleep", "600"],
      entrypoint: [],
      env: ["A=1"],
      dns_search: [],
      group_add: [],
      sysctls: {},
      storage_opts: {},
      tmpfs: { "/tmp": "" },
      log_opts: { "max-size": "1m" },
      capabilities: [{ add: [], drop: ["CAP_NET_RAW"] }],
      healthcheck: [{ test: ["CMD", "true"], interval: "1s", retries: 3 }],
      host: [],
      ulimit: [],
      upload: [],
      labels: [{ label: "a", value: "1" }],
      mounts: [{ target: "/m", source: "/tmp", bind_options: [], volume_options: [], tmpfs_options: [] }],
      networks_advanced: [{ name: "bridge", ipv4_address: "", link_local_ips: [] }],
      network_data: [{ network_name: "bridge", ip_prefix_length: 16 }],
      memory: 128,
      must_run: true,
    });
  });

  it("of a network and of a volume has empty collections and no null that the plugin would fill in", () => {
    const network = withBridgeState(NETWORK, {
      ...plan(NETWORK, checked(NETWORK, {})),
      ...{ id: "n", driver: "bridge", internal: false, scope: "local", options: {}, ipamOptions: {} },
      ipamConfigs: [{ subnet: "172.18.0.0/16", ipRange: "", gateway: "172.18.0.1", auxAddress: {} }],
    });
    expect(network.__meta).toBe('{"schema_version":"1"}');
    expect(terraform(network)).toMatchObject({
      options: {},
      ipam_options: {},
      labels: [],
      ipam_config: [{ subnet: "172.18.0.0/16", ip_range: "", aux_address: {} }],
    });
    const volume = withBridgeState(VOLUME, { id: "v", name: "v", cluster: null, driverOpts: {}, labels: [] });
    expect(terraform(volume)).toEqual({ id: "v", name: "v", cluster: [], driver_opts: {}, labels: [] });
  });

  it("is left out while a value is unknown, as at preview", () => {
    const planned = plan(NETWORK, checked(NETWORK, {}));
    expect(planned.scope).toBe(UNKNOWN);
    expect(withBridgeState(NETWORK, planned)).toBe(planned);
  });

  it("is no change, nor is a state that earlier stand-ins wrote: null where nothing was, and neither of the two properties", () => {
    const inputs = checked(CONTAINER, { ...INPUTS, memorySwap: 256 });
    const state = container();
    const empty = (value: PropertyValue) =>
      Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
    const earlier = Object.fromEntries(
      Object.entries(state)
        .filter(([name]) => !name.startsWith("__"))
        .map(([name, value]) => [name, empty(value) ? null : value]),
    );
    expect(earlier).toMatchObject({ entrypoints: null, dns: null, sysctls: null });
    const request = {
      urn: "u",
      name: "case11",
      type: "t",
      id: "id",
      oldInputs: inputs,
      news: inputs,
      ignoreChanges: [],
    };
    for (const olds of [state, earlier]) expect(diff(CONTAINER, { ...request, olds }).changes).toBe("none");
  });
});
