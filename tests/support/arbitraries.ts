import fc from "fast-check";

import { HostFile, HostSpec } from "../../components/machine/host-spec";

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

/** One mistake in a tree of settings: where it is, and its value. */
export interface Mistake {
  readonly at: string;
  readonly value: unknown;
}

/** Settings in which any key is right. */
const MAPS = /\/(environment|buildArgs)$/;

/** Any place of a valid tree with a value of another type, or a key more in any of its groups. */
export function mistakeIn(tree: object): fc.Arbitrary<Mistake> {
  const places = placesOf(tree, "");
  const wrongType = fc
    .constantFrom(...places)
    .chain(({ at, value }) => otherType(value).map((other) => ({ at, value: other })));
  const groups = places.filter(({ at, value }) => isGroup(value) && !MAPS.test(at));
  const unknownKey = fc
    .record({
      group: fc.constantFrom("", ...groups.map(({ at }) => `${at}/`)),
      key: fc.stringMatching(/^[a-z]{3,8}Z$/),
      value: fc.jsonValue(),
    })
    .map(({ group, key, value }) => ({ at: `${group}${key}`, value }));
  return fc.oneof(wrongType, unknownKey);
}

/** Any place of a tree of settings. */
export function anyPlace(tree: object): fc.Arbitrary<string> {
  return fc.constantFrom(...placesOf(tree, "").map(({ at }) => at));
}

function placesOf(tree: object, under: string): Mistake[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => [
    { at: `${under}${key}`, value },
    ...(typeof value === "object" && value !== null ? placesOf(value, `${under}${key}/`) : []),
  ]);
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && !Array.isArray(value);
}

// Every setting is a text, a whole number, a list or a group; nothing here is any of the other three.
function otherType(value: unknown): fc.Arbitrary<unknown> {
  const kinds: [string, fc.Arbitrary<unknown>][] = [
    ["string", fc.string()],
    ["number", fc.integer()],
    ["boolean", fc.boolean()],
    ["array", fc.array(fc.string(), { maxLength: 2 })],
    ["object", fc.dictionary(fc.stringMatching(/^[a-z]{3}Z$/), fc.string(), { minKeys: 1, maxKeys: 1 })],
    ["null", fc.constant(null)],
  ];
  const kind = Array.isArray(value) ? "array" : typeof value;
  return fc.oneof(...kinds.filter(([name]) => name !== kind).map(([, arbitrary]) => arbitrary));
}
