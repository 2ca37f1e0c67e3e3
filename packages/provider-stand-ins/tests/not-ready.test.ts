import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { NotReady } from "../src/support/not-ready";

describe("a resource that was made but did not come up", () => {
  it("reaches the engine with its id, what is known of it and the reason, so that it is kept in the state", () => {
    const error = new NotReady("creating web: not healthy", "c1", { name: "web", exitCode: null });
    const [bytes = ""] = error.metadata().get("grpc-status-details-bin");
    const [packed] = Status.deserializeBinary(Uint8Array.from(Buffer.from(bytes))).getDetailsList();
    expect(packed?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const details = ErrorResourceInitFailed.deserializeBinary(packed?.getValue_asU8() ?? new Uint8Array());
    expect(details.getId()).toBe("c1");
    expect(details.getProperties()?.toJavaScript()).toEqual({ name: "web", exitCode: null });
    expect(details.getReasonsList()).toEqual(["creating web: not healthy"]);
  });
});
