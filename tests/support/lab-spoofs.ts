import { randomUUID } from "node:crypto";

import { outputs, Lab } from "./lab";
import { visit } from "./lab-visitor";

/** What a visitor may send who wants to be taken for another, wherever TLS ends. */
export const SPOOFS = [
  { what: "is the visitor's own", headers: [] },
  { what: "is not taken from X-Forwarded-For", headers: ["X-Forwarded-For: 10.1.2.3"] },
  { what: "is not taken from X-Real-Ip or Forwarded", headers: ["X-Real-Ip: 10.1.2.3", "Forwarded: for=10.1.2.3"] },
];

/** Has the visitor ask with headers (and options of curl) for a page that nobody else asks for, and gives its path, by which logs name the request. */
export async function askWith(lab: Lab, headers: readonly string[], ...options: string[]): Promise<string> {
  const path = `/who-asks-${randomUUID()}/`;
  const url = new URL(path, (await outputs(lab)).url).href;
  await visit(lab.machines.visitor, url, ...headers.flatMap((header) => ["--header", header]), ...options);
  return path;
}
