import { retryHalfWritten } from "../../../state/retry";

const HALF_WRITTEN = "invocation of pulumi:pulumi:readStackOutputs returned an error: failed to load checkpoint: EOF";

/** A read that fails with each of these words in turn, then answers. */
function reader(...faults: string[]): { read: () => Promise<string>; times: () => number } {
  let times = 0;
  const read = (): Promise<string> => {
    const fault = faults[times++];
    return fault === undefined ? Promise.resolve("whole") : Promise.reject(new Error(fault));
  };
  return { read, times: () => times };
}

test("what is half written is read again", async () => {
  const { read, times } = reader(HALF_WRITTEN, HALF_WRITTEN);
  expect(await retryHalfWritten("the stack dev", read)).toBe("whole");
  expect(times()).toBe(3);
});

test.each([
  'failed to load checkpoint: blob (key "x") (code=PermissionDenied)',
  "failed to load checkpoint: place 1: unexpected end of JSON input",
  "EOF",
  "no stack named 'dev' found",
])("any other fault is passed on at once: %s", async (fault) => {
  const { read, times } = reader(fault);
  await expect(retryHalfWritten("the stack dev", read)).rejects.toThrow(fault);
  expect(times()).toBe(1);
});

test("what stays half written is an error that says what, where and what to do", async () => {
  const read = (): Promise<string> => Promise.reject(new Error(HALF_WRITTEN));
  const failed = retryHalfWritten("the stack dev", read, 0.2);
  await expect(failed).rejects.toThrow(
    /^the state of the stack dev cannot be read: for 0.2 s its file was half written/,
  );
  await expect(failed).rejects.toThrow(/below \.pulumi\/stacks, delete the empty file that ends in \.json\.attrs/);
});
