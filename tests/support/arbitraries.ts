import fc from "fast-check";

import { HostFile, HostSpec } from "../../components/host/host-spec";

/** A network with room for a hub and one server or more, and a number of servers that fit. */
export const tunnelNetwork = fc
  .record({
    prefix: fc.integer({ min: 8, max: 30 }),
    address: fc.nat({ max: 0xffffffff }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ prefix, address, share }) => {
    const size = 2 ** (32 - prefix);
    const base = address - (address % size);
    // A few hundred servers show everything that a million would.
    const servers = 1 + Math.floor(share * Math.min(size - 4, 300));
    return { base, size, servers, cidr: `${dotted(base)}/${prefix}` };
  });

/** `10.77.0.1` as a number. */
export function numeric(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,11}$/);

/** The text of a file: any characters, also those that look like directives, indents or nothing at all. */
export const fileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }).map((line) => line.replace(/[\n\r\0]/g, "")),
      fc.constantFrom("", "  ", "file /etc/passwd 0644 root:root - -", "EOF", "'\"$(id)`"),
    ),
    {
      maxLength: 6,
    },
  )
  .map((lines) => lines.map((line) => `${line}\n`).join("") || "\n");

const hostFile: fc.Arbitrary<HostFile> = fc.record(
  {
    path: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `/${words.join("/")}`),
    text: fileText,
    mode: fc.constantFrom("0644", "0600", "0755"),
    owner: fc.constantFrom("root:root", "10001:10001"),
    guard: fc.boolean(),
  },
  { requiredKeys: ["path", "text"] },
);

/** Files and packages of a host, each path and name once. */
export const hostSpec: fc.Arbitrary<Pick<HostSpec, "files" | "packages">> = fc.record({
  files: fc.uniqueArray(hostFile, { selector: (file) => file.path, maxLength: 6 }),
  packages: fc.uniqueArray(word, { maxLength: 6 }),
});
