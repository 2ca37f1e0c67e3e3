import { refuseUnfit } from "../../../setup/fitness";

const LOGIN = { user: "pi", address: "192.168.1.101", port: 22, hostKey: "ssh-ed25519 AAAA" };
const LOOK = {
  system: "Debian",
  processor: "arm64",
  platform: "linux/arm64" as const,
  sudo: true,
  memoryMb: 900,
  freeMb: 9000,
  hops: [],
};
const pi = (look: object) => [{ name: "pi", login: LOGIN, look: { ...LOOK, ...look }, serves: true }];

test("a fit server gives its platform", () => {
  expect(refuseUnfit(pi({}))).toBe("linux/arm64");
});

test.each([
  [{ sudo: false }, /pi: pi has no passwordless sudo.*NOPASSWD/],
  [{ platform: undefined, processor: "armel" }, /no image is built for its processor \(armel\)/],
  [{ memoryMb: 256 }, /256 MB of memory are too few/],
  [{ freeMb: 800 }, /800 MB are free/],
])("%j is refused with what to do", (look, message) => {
  expect(() => refuseUnfit(pi(look))).toThrow(message);
});

test("all faults are named at once", () => {
  expect(() => refuseUnfit(pi({ sudo: false, memoryMb: 100, freeMb: 1 }))).toThrow(/sudo[^]*memory[^]*free/);
});
