import { goDuration } from "../../../lib/go-duration";

// What Go's time.Duration(n * time.Second).String() prints.
test.each([
  [0, "0s"],
  [1, "1s"],
  [59, "59s"],
  [60, "1m0s"],
  [90, "1m30s"],
  [300, "5m0s"],
  [3600, "1h0m0s"],
  [3661, "1h1m1s"],
  [90000, "25h0m0s"],
])("%d seconds are %s", (seconds, text) => {
  expect(goDuration(seconds)).toBe(text);
});
