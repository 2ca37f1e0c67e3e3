import { Finding, lookAtStack } from "./look";
import { deployedStack } from "./stack";

/** Exit codes of `npm run drift`, as `terraform plan -detailed-exitcode` has them. */
const EXIT = { asDeclared: 0, blind: 1, found: 2 } as const;

/** Options of `npm run drift`. */
export interface DriftOptions {
  readonly stack?: string;
  /** One JSON document instead of a table. */
  readonly json?: boolean;
}

/**
 * `npm run drift`: what differs on the way to a visitor from what was deployed, as a table or JSON. Changes nothing and asks nothing. Exits 0 where all is as
 * declared, 2 where something is not, 1 where a part could not be looked at.
 */
export async function drift({ stack: asked, json = false }: DriftOptions): Promise<number> {
  const stack = await deployedStack(asked);
  const found = (await lookAtStack(stack)).flatMap(({ findings }) => findings);
  process.stdout.write(
    json ? `${JSON.stringify({ stack: stack.name, findings: found }, undefined, 2)}\n` : table(found),
  );
  return exitCode(found);
}

/** The exit code of what was found. Notes do not count; what was not seen counts more than what was. */
export function exitCode(found: readonly Finding[]): number {
  if (found.some(({ kind }) => kind === "blind")) return EXIT.blind;
  return found.some(({ kind }) => kind !== "note") ? EXIT.found : EXIT.asDeclared;
}

const COLUMNS = ["where", "kind", "text"] as const;

/** A line for each finding, in columns. */
export function table(found: readonly Finding[]): string {
  if (found.length === 0) return "all is as declared\n";
  const rows = [{ where: "WHERE", kind: "KIND", text: "WHAT, AND WHAT TO DO" }, ...found];
  const width = (column: (typeof COLUMNS)[number]): number => Math.max(...rows.map((row) => row[column].length));
  const [where, kind] = [width("where"), width("kind")];
  const remedy = (row: (typeof rows)[number]): string =>
    row.kind === "drift" ? `${row.text}: 'pulumi up' repairs it` : row.text;
  return rows.map((row) => `${row.where.padEnd(where)}  ${row.kind.padEnd(kind)}  ${remedy(row)}\n`).join("");
}
