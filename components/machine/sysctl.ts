import { managed } from "./managed";

/** A file of sysctl.d(5). */
export function renderSysctl(source: string, values: Readonly<Record<string, number>>): string {
  const lines = Object.entries(values)
    .map(([key, value]) => `${key} = ${value}\n`)
    .sort();
  return `${managed(source)}${lines.join("")}`;
}
