import { lookup } from "node:dns/promises";

import execa from "execa";

/** First three bytes of the network cards of Raspberry Pis (IEEE's list of manufacturers, "Raspberry Pi"). */
const CARDS = ["b8:27:eb", "dc:a6:32", "e4:5f:01", "28:cd:c1", "d8:3a:dd", "2c:cf:67", "88:a2:9e"];

/** Names that a new Raspberry Pi answers to. */
const NAMES = ["raspberrypi.local", "raspberrypi", "pi.local"];

/** Raspberry Pis in this workstation's network, by address; a guess to choose from, made without a packet to strangers. */
export async function raspberryPis(): Promise<string[]> {
  const [neighbours, ...named] = await Promise.all([
    execa("ip", ["-4", "neigh"], { reject: false, stdin: "ignore" })
      .then(({ stdout }) => piNeighbours(stdout))
      .catch(() => []),
    ...NAMES.map((name) =>
      lookup(name, { family: 4 }).then(
        ({ address }) => [address],
        () => [],
      ),
    ),
  ]);
  return [...new Set([...named.flat(), ...neighbours])];
}

/** The addresses in the output of `ip neigh` whose network card is a Raspberry Pi's. */
export function piNeighbours(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [, address = "", card = ""] = /^([\d.]+) .*\blladdr ([0-9a-f:]{17})\b/.exec(line) ?? [];
    return CARDS.includes(card.slice(0, 8)) ? [address] : [];
  });
}
