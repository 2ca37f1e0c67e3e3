import type {
  Context,
  CreateRequest,
  Created,
  DeleteRequest,
  ReadRequest,
  ReadResult,
  Resource,
} from "../support/resource";
import { NotReady } from "../support/not-ready";
import type { PropertyMap } from "../support/values";
import { plainMap } from "../support/values";
import { asCreated, withBridgeState } from "./bridge-state";
import { check } from "./check";
import { diff } from "./diff";
import type { DockerHost } from "./docker-host";
import { apiMessage, calling, Diagnostic, during, isMissing, messageOf } from "./failure";
import { NETWORK } from "./network-schema";
import { ordered, plan } from "./plan";
import { blockOf, blocksOf, flagOf, labelBlocks, labelsOf, mapOf, settled, textOf } from "./properties";
import { refreshedInputs } from "./read-inputs";
import { removeWhenUnused } from "./removal";

/** Docker's words for one that a container still uses. */
const IN_USE = { message: "has active endpoints", state: "pending" };

/** docker:index/network:Network. Every change of a network replaces it, so there is no update. */
export class Network implements Resource {
  constructor(private readonly host: DockerHost) {}

  check = check.bind(undefined, NETWORK);
  diff = diff.bind(undefined, NETWORK);

  async create(request: CreateRequest): Promise<Created> {
    const planned = plan(NETWORK, plainMap(request.inputs));
    if (request.preview) return { id: "", outputs: { ...planned, id: planned.scope ?? null } };
    const docker = await this.host.client();
    const network = await calling("Unable to create network", docker.createNetwork(createOptions(planned)));
    try {
      const outputs = await this.state(network.id, planned);
      if (outputs === undefined) throw new Diagnostic(`network ${network.id} is gone before it could be read`);
      return { id: network.id, outputs: asCreated(NETWORK, planned, outputs) };
    } catch (error) {
      const reason = messageOf(during("creating", request.urn, error));
      throw new NotReady(reason, network.id, withBridgeState(NETWORK, { ...settled(planned), id: network.id }));
    }
  }

  async read({ id, urn, state, inputs }: ReadRequest): Promise<ReadResult | undefined> {
    try {
      const outputs = await this.state(id, plainMap(state));
      return outputs && { id, outputs, inputs: refreshedInputs(plainMap(inputs), outputs) };
    } catch (error) {
      throw during("refreshing", urn, error);
    }
  }

  async delete({ id, urn }: DeleteRequest, { signal }: Context): Promise<void> {
    const docker = await this.host.client();
    try {
      await removeWhenUnused(() => docker.getNetwork(id).remove(), IN_USE, signal);
    } catch (error) {
      throw during("deleting", urn, error);
    }
  }

  private async state(id: string, before: PropertyMap): Promise<PropertyMap | undefined> {
    const docker = await this.host.client();
    try {
      // Read as plain JSON: the typings promise what some engines leave out.
      return networkState(before, JSON.parse(JSON.stringify(await docker.getNetwork(id).inspect())) as PropertyMap);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Diagnostic(apiMessage(error));
    }
  }
}

function createOptions(planned: PropertyMap) {
  return {
    Name: textOf(planned, "name") ?? "",
    CheckDuplicate: true,
    Labels: labelsOf(planned),
    Driver: textOf(planned, "driver"),
    Options: mapOf(planned, "options"),
    Internal: flagOf(planned, "internal"),
    Attachable: flagOf(planned, "attachable"),
    Ingress: flagOf(planned, "ingress"),
    EnableIPv6: flagOf(planned, "ipv6"),
    IPAM: {
      Driver: textOf(planned, "ipamDriver"),
      Options: mapOf(planned, "ipamOptions"),
      Config: blocksOf(planned, "ipamConfigs").map((pool) => ({
        Subnet: textOf(pool, "subnet"),
        IPRange: textOf(pool, "ipRange"),
        Gateway: textOf(pool, "gateway"),
        AuxiliaryAddresses: mapOf(pool, "auxAddress"),
      })),
    },
  };
}

function networkState(before: PropertyMap, found: PropertyMap): PropertyMap {
  const ipam = blockOf(found, "IPAM") ?? {};
  const pools = blocksOf(ipam, "Config").map((pool) => ({
    subnet: textOf(pool, "Subnet") ?? "",
    ipRange: textOf(pool, "IPRange") ?? "",
    gateway: textOf(pool, "Gateway") ?? "",
    auxAddress: mapOf(pool, "AuxiliaryAddresses") ?? {},
  }));
  const state = settled({
    ...before,
    id: textOf(found, "Id") ?? "",
    name: textOf(found, "Name") ?? "",
    labels: ordered(NETWORK.attributes.labels?.of, labelBlocks(mapOf(found, "Labels"))),
    driver: textOf(found, "Driver") ?? "",
    internal: flagOf(found, "Internal"),
    attachable: flagOf(found, "Attachable"),
    ingress: flagOf(found, "Ingress"),
    ipv6: flagOf(found, "EnableIPv6"),
    ipamDriver: textOf(ipam, "Driver") ?? "",
    ipamOptions: mapOf(ipam, "Options") ?? {},
    scope: textOf(found, "Scope") ?? "",
    options: mapOf(found, "Options") ?? {},
    ipamConfigs: ordered(NETWORK.attributes.ipamConfigs?.of, pools),
  });
  return withBridgeState(NETWORK, state);
}
