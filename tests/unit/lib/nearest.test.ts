import { nearest } from "../../../lib/nearest";

const WORDS = ["address", "port", "hostKey", "privateKeyFile", "sshFrom", "linux/arm64", "linux/arm/v7"];

test.each([
  ["hostkey", "hostKey"],
  ["host-key", "hostKey"],
  ["adress", "address"],
  ["prot", "port"],
  ["privateKey", "privateKeyFile"],
  ["arm64", "linux/arm64"],
])("%s means %s", (word, meant) => {
  expect(nearest(word, WORDS)).toBe(meant);
});

test.each(["colour", "arm", "x", ""])("%j means none of them", (word) => {
  expect(nearest(word, WORDS)).toBeUndefined();
});
