import type {
  Context,
  CreateRequest,
  Created,
  DeleteRequest,
  ReadRequest,
  ReadResult,
  Resource,
} from "../support/resource";
import type { PropertyMap } from "../support/values";
import { plainMap } from "../support/values";
import { asCreated, withBridgeState } from "./bridge-state";
import { check } from "./check";
import { diff } from "./diff";
import type { DockerHost } from "./docker-host";
import { apiMessage, calling, Diagnostic, during, isMissing } from "./failure";
import { ordered, plan } from "./plan";
import { labelBlocks, labelsOf, mapOf, settled, textOf } from "./properties";
import { refreshedInputs } from "./read-inputs";
import { removeWhenUnused } from "./removal";
import { VOLUME } from "./volume-schema";

/** Docker's words for one that a container still uses. */
const IN_USE = { message: "volume is in use", state: "in_use" };

/** docker:index/volume:Volume. Docker answers a create of a volume that is there already with that volume. */
export class Volume implements Resource {
  constructor(private readonly host: DockerHost) {}

  check = check.bind(undefined, VOLUME);
  diff = diff.bind(undefined, VOLUME);

  async create({ urn, inputs, preview }: CreateRequest): Promise<Created> {
    const planned = plan(VOLUME, plainMap(inputs));
    if (preview) return { id: "", outputs: { ...planned, id: planned.mountpoint ?? null } };
    const docker = await this.host.client();
    const { name: id } = await calling(
      "Unable to create volume",
      docker.createVolume({
        Name: textOf(planned, "name"),
        Labels: labelsOf(planned),
        Driver: textOf(planned, "driver"),
        DriverOpts: mapOf(planned, "driverOpts"),
      }),
    );
    try {
      const outputs = (await this.state(id, planned)) ?? { ...settled(planned), id };
      return { id, outputs: asCreated(VOLUME, planned, outputs) };
    } catch (error) {
      throw during("creating", urn, error);
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
      await removeWhenUnused(() => docker.getVolume(id).remove({ force: true }), IN_USE, signal);
    } catch (error) {
      throw during("deleting", urn, error);
    }
  }

  private async state(id: string, before: PropertyMap): Promise<PropertyMap | undefined> {
    const docker = await this.host.client();
    try {
      const found = await docker.getVolume(id).inspect();
      const state = settled({
        ...before,
        id: found.Name,
        name: found.Name,
        labels: ordered(VOLUME.attributes.labels?.of, labelBlocks(found.Labels)),
        driver: found.Driver,
        driverOpts: { ...found.Options },
        mountpoint: found.Mountpoint,
      });
      return withBridgeState(VOLUME, state);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Diagnostic(`Unable to inspect volume: ${apiMessage(error)}`);
    }
  }
}
