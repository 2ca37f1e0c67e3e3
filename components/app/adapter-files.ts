import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import * as path from "node:path";

import { EMPTY_SPEC, HostFile, HostSpec } from "../machine";
import { sourceText } from "../../lib/source-text";

/** Homeport's own files for containers, in this checkout. */
const SOURCE = path.join(__dirname, "..", "..", "adapter");

/** What a container needs of them: the programs at the top and the Python package. */
const PARTS = /^(launch|manage|inside\.py|python\/.*\.py)$/;

/** Their directory on a server, which the application's containers have as ADAPTER. Another stack on the server may have another version. */
export function adapterDirectory(app: string): string {
  return `/usr/local/lib/homeport/adapter/${app}`;
}

/** The adapter on a server. */
export function adapterSpec(app: string): HostSpec {
  const at = adapterDirectory(app);
  const files = adapterFiles().map(({ name, text, mode }): HostFile => ({ path: `${at}/${name}`, text, mode }));
  return { ...EMPTY_SPEC, directories: [{ path: at }], files };
}

/** A digest of the adapter: with another one, containers are replaced. */
export function adapterDigest(): string {
  const hash = createHash("sha256");
  for (const { name, text, mode } of adapterFiles()) hash.update(`${name} ${mode} ${text.length}\n${text}`);
  return hash.digest("hex").slice(0, 16);
}

function adapterFiles(): { readonly name: string; readonly text: string; readonly mode: string }[] {
  return [...readdirSync(SOURCE, { recursive: true, encoding: "utf8" })]
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => PARTS.test(name))
    .sort()
    .map((name) => ({
      name,
      text: sourceText(path.join(SOURCE, name)),
      mode: name.includes(".") ? "0644" : "0755",
    }));
}
