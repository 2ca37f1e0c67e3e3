import { z } from "zod";

const lineSchema = z.looseObject({
  time: z.string(),
  level: z.string(),
  logger: z.string().optional(),
  event: z.string(),
  traceback: z.string().optional(),
});

const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  status: z.number(),
  ms: z.number(),
  client: z.string(),
});

/**
 * A line of a site's log for a person: `12-01 14:02:33 200 GET /posts/ 12 ms 198.51.100.7`, or level, logger and message with what else it has, a traceback
 * below. Times are UTC. What is no line of the adapter's, such as a project's own format, stays as it is.
 */
export function readableLine(line: string): string {
  const read = lineSchema.safeParse(json(line));
  if (!read.success) return line;
  const { time, level, logger = "", event, traceback, ...fields } = read.data;
  const at = time.slice(5, 19).replace("T", " ");
  const request = requestSchema.safeParse(fields);
  if (request.success) {
    const { method, path, status, ms, client } = request.data;
    return `${at} ${status} ${method} ${path} ${Math.round(ms)} ms ${client}`;
  }
  const more = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const below = traceback === undefined ? "" : `\n${traceback.replaceAll(/^/gm, "  ")}`;
  return `${at} ${level.toUpperCase()} ${logger}: ${event}${more.join("")}${below}`;
}

function json(line: string): unknown {
  try {
    return line.startsWith("{") ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}
