import { RunError } from "@pulumi/pulumi/errors";

import { messageOf, UserError } from "../../../lib/errors";

test("Pulumi takes a fault of the user's for its own error without a stack trace", () => {
  const error = new UserError("edge.address: missing");
  expect(RunError.isInstance(error)).toBe(true);
  expect(error.stack).toBeUndefined();
});

test.each([
  [new Error("why"), "why"],
  ["why", "why"],
])("anything thrown has a message", (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
