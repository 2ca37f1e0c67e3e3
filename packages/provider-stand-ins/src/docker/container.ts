import type Docker from "dockerode";

import type {
  Context,
  CreateRequest,
  Created,
  DeleteRequest,
  ReadRequest,
  Resource,
  UpdateRequest,
} from "../support/resource";
import { NotReady } from "../support/not-ready";
import type { PropertyMap } from "../support/values";
import { plainMap, sameValue } from "../support/values";
import { asCreated, withBridgeState } from "./bridge-state";
import { check } from "./check";
import { createOptions, MEGABYTE } from "./container-options";
import { CONTAINER } from "./container-schema";
import { runAttached, waitForHealth } from "./container-run";
import { containerState } from "./container-state";
import { diff } from "./diff";
import type { DockerHost } from "./docker-host";
import { apiMessage, calling, Diagnostic, during, isMissing, messageOf, unlessSo } from "./failure";
import { ensureImage } from "./images";
import { plan } from "./plan";
import { blocksOf, flagOf, numberOf, settled, textOf, textsOf } from "./properties";
import { refreshedInputs } from "./read-inputs";

/** What `docker update` can change; a change of anything else that does not replace stays in the state alone. */
const UPDATABLE = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "memory",
  "memoryReservation",
  "cpuSet",
  "memorySwap",
] as const;

/** docker:index/container:Container. */
export class Container implements Resource {
  constructor(private readonly host: DockerHost) {}

  check = check.bind(undefined, CONTAINER);
  diff = diff.bind(undefined, CONTAINER);

  async create(request: CreateRequest, context: Context): Promise<Created> {
    const planned = plan(CONTAINER, plainMap(request.inputs));
    // The plan has the id as it has every output that Docker decides.
    if (request.preview) return { id: "", outputs: { ...planned, id: planned.bridge ?? null } };
    const docker = await this.host.client();
    await ensureImage(docker, textOf(planned, "image") ?? "");
    const { id } = await calling("Unable to create container", docker.createContainer(createOptions(planned)));
    try {
      await start(docker, id, planned, context);
      const logs = flagOf(planned, "attach") ? await runAttached(docker, id, planned) : undefined;
      const state = logs === undefined ? planned : { ...planned, containerLogs: logs };
      const inspected = await inspect(docker, id);
      if (inspected === undefined) throw new Diagnostic(`container ${id} is gone before it could be read`);
      return { id, outputs: asCreated(CONTAINER, state, containerState(state, inspected)) };
    } catch (error) {
      const reason = messageOf(during("creating", request.urn, error));
      throw new NotReady(reason, id, withBridgeState(CONTAINER, { ...settled(planned), id }));
    }
  }

  async read(request: ReadRequest): Promise<{ id: string; outputs: PropertyMap; inputs: PropertyMap } | undefined> {
    const { id, urn } = request;
    try {
      const inspected = await inspect(await this.host.client(), id);
      if (inspected === undefined) return undefined;
      const outputs = containerState(plainMap(request.state), inspected);
      return { id: inspected.Id, outputs, inputs: refreshedInputs(plainMap(request.inputs), outputs) };
    } catch (error) {
      throw during("refreshing", urn, error);
    }
  }

  async update(request: UpdateRequest): Promise<PropertyMap> {
    const olds = plainMap(request.olds);
    const planned = plan(CONTAINER, plainMap(request.news), olds);
    if (request.preview) return { ...planned, id: request.id };
    try {
      const container = (await this.host.client()).getContainer(request.id);
      const restarts = olds.mustRun === false && flagOf(planned, "mustRun") && flagOf(planned, "start");
      if (restarts) await calling("Unable to start container", unlessSo(container.start()));
      if (UPDATABLE.some((name) => !sameValue(olds[name] ?? null, planned[name] ?? null))) {
        await calling("Unable to update a container", container.update(limits(planned)));
      }
    } catch (error) {
      throw during("updating", request.urn, error);
    }
    return withBridgeState(CONTAINER, { ...planned, id: request.id });
  }

  async delete(request: DeleteRequest): Promise<void> {
    try {
      await remove(await this.host.client(), request.id, plainMap(request.state));
    } catch (error) {
      throw during("deleting", request.urn, error);
    }
  }
}

/** The container as it is; undefined when it is gone. */
async function inspect(docker: Docker, id: string): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    const all = await docker.listContainers({ all: true });
    return all.some(({ Id }) => Id === id) ? await docker.getContainer(id).inspect() : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Diagnostic(apiMessage(error));
  }
}

async function start(docker: Docker, id: string, planned: PropertyMap, context: Context): Promise<void> {
  await connectNetworks(docker, id, planned);
  if (blocksOf(planned, "uploads").length > 0) {
    throw new Diagnostic(
      "the lab's stand-in for the docker plugin has no uploads: mount a file instead, or use the real plugin",
    );
  }
  if (!flagOf(planned, "start")) return;
  await calling("Unable to start container", docker.getContainer(id).start());
  if (flagOf(planned, "wait")) await waitForHealth(docker, id, numberOf(planned, "waitTimeout"), context.signal);
}

/** A container with networks of its own leaves the default bridge before it starts. */
async function connectNetworks(docker: Docker, id: string, planned: PropertyMap): Promise<void> {
  const networks = blocksOf(planned, "networksAdvanced");
  if (networks.length === 0) return;
  try {
    await docker.getNetwork("bridge").disconnect({ Container: id });
  } catch (error) {
    const message = apiMessage(error);
    if (!message.includes("is not connected to the network bridge")) {
      throw new Diagnostic(`Unable to disconnect the default network: ${message}`);
    }
  }
  for (const network of networks) {
    const name = textOf(network, "name") ?? "";
    // The typings ask for all that an answer has; a request gives only what it sets.
    const endpoint: object = {
      Aliases: textsOf(network, "aliases"),
      IPAMConfig: {
        IPv4Address: textOf(network, "ipv4Address"),
        IPv6Address: textOf(network, "ipv6Address"),
        LinkLocalIPs: textsOf(network, "linkLocalIps"),
      },
      MacAddress: textOf(network, "macAddress"),
      DriverOpts: Object.fromEntries(textsOf(network, "driverOpts").map(pair)),
    };
    const request: object = { Container: id, EndpointConfig: endpoint };
    const connected = docker.getNetwork(name).connect(request);
    await calling(`Unable to connect to network '${name}'`, connected);
  }
}

function pair(option: string): [string, string] {
  const at = option.indexOf("=");
  return at < 0 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
}

function limits(planned: PropertyMap): object {
  const swap = numberOf(planned, "memorySwap");
  return {
    RestartPolicy: { Name: textOf(planned, "restart") ?? "no", MaximumRetryCount: numberOf(planned, "maxRetryCount") },
    CpuShares: numberOf(planned, "cpuShares"),
    Memory: numberOf(planned, "memory") * MEGABYTE,
    MemoryReservation: numberOf(planned, "memoryReservation") * MEGABYTE,
    CpusetCpus: textOf(planned, "cpuSet") ?? "",
    ...(swap === 0 ? {} : { MemorySwap: swap > 0 ? swap * MEGABYTE : swap }),
  };
}

async function remove(docker: Docker, id: string, state: PropertyMap): Promise<void> {
  const container = docker.getContainer(id);
  // Without destroyGraceSeconds the timeout is zero: Docker kills at once.
  const grace = Math.max(numberOf(state, "destroyGraceSeconds"), 0);
  if (!flagOf(state, "attach")) {
    await unlessGone(`Error stopping container ${id}`, unlessSo(container.stop({ t: grace })), ["No such container"]);
  }
  const gone = ["No such container", "is already in progress"];
  await unlessGone(
    `Error deleting container ${id}`,
    container.remove({ v: flagOf(state, "removeVolumes"), force: true }),
    gone,
  );
  const condition = flagOf(state, "rm") ? "removed" : "not-running";
  await unlessGone(`Error waiting for container removal '${id}'`, container.wait({ condition }), gone);
}

async function unlessGone(context: string, call: Promise<unknown>, ignored: readonly string[]): Promise<void> {
  try {
    await call;
  } catch (error) {
    const message = apiMessage(error);
    if (!ignored.some((text) => message.includes(text))) throw new Diagnostic(`${context}: ${message}`);
  }
}
