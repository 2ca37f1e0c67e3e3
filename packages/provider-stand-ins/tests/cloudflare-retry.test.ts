import { mayPass, PAUSES, retried } from "../src/cloudflare/retry";

const { signal } = new AbortController();

describe("a call of the Cloudflare API", () => {
  const waited: number[] = [];
  const wait = (seconds: number): Promise<void> => {
    waited.push(seconds);
    return Promise.resolve();
  };
  beforeEach(() => {
    waited.length = 0;
  });

  it("is made again after longer and longer pauses, and then given up: 3.5 minutes in all", async () => {
    const call = jest.fn(() => Promise.reject(new Error("refused")));
    await expect(retried(call, () => true, signal, wait)).rejects.toThrow("refused");
    expect(call).toHaveBeenCalledTimes(11);
    expect(waited).toEqual([2, 4, 8, 16, 30, 30, 30, 30, 30, 30]);
    expect(PAUSES.reduce((sum: number, seconds) => sum + seconds, 0)).toBe(210);
  });

  it("is not made again once it is answered, or its error will not pass", async () => {
    const answers = [() => Promise.reject(new Error("refused")), () => Promise.resolve("answer")];
    const call = jest.fn(() => answers.shift()?.() ?? Promise.reject(new Error("called too often")));
    expect(await retried(call, () => true, signal, wait)).toBe("answer");
    await expect(
      retried(
        () => Promise.reject(new Error("no")),
        () => false,
        signal,
        wait,
      ),
    ).rejects.toThrow("no");
    expect(waited).toEqual([2]);
  });

  it("ends with the engine's cancellation", async () => {
    const cancelled = new AbortController();
    cancelled.abort();
    const call = () => Promise.reject(new Error("refused"));
    await expect(retried(call, () => true, cancelled.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  it.each([
    [undefined, true],
    [429, true],
    [503, true],
    [400, false],
    [403, false],
    [404, false],
  ])("with the answer %s may pass: %s", (status, passes) => {
    expect(mayPass(status)).toBe(passes);
  });
});
