import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";

import type { PropertyMap } from "./values";
import { toStruct } from "./wire";

/**
 * Thrown by `create` when the resource was made but did not come up: the call fails, and the engine keeps the resource
 * in its state together with the reason. The next `up` updates it.
 */
export class NotReady extends Error {
  constructor(
    message: string,
    /** The resource that was made. */
    readonly id: string,
    /** Its outputs, as far as they are known. */
    readonly outputs: PropertyMap,
  ) {
    super(message);
  }

  /** The error's details on the wire, where the engine looks for them. */
  metadata(): Metadata {
    const details = new ErrorResourceInitFailed();
    details.setId(this.id);
    details.setProperties(toStruct(this.outputs));
    details.setReasonsList([this.message]);
    const packed = new Any();
    packed.pack(details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const answer = new Status();
    answer.setCode(status.UNKNOWN);
    answer.setMessage(this.message);
    answer.setDetailsList([packed]);
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
    return metadata;
  }
}
