import { isIPv4, isIPv6 } from "node:net";

import { z } from "zod";

/** Record types that the program uses, or that you may try by hand. */
const TYPES = ["A", "AAAA", "CNAME", "TXT", "CAA", "MX"] as const;

/** A TTL of 1 means "automatic" at Cloudflare; otherwise seconds within these bounds. */
export const AUTOMATIC_TTL = 1;
const SHORTEST_TTL = 60;
const LONGEST_TTL = 86_400;

/** What a client sends for a record. */
const recordInput = z.object({
  name: z.string().min(1),
  type: z.enum(TYPES),
  content: z.string().optional(),
  ttl: z.number().int(),
  proxied: z.boolean().optional(),
  comment: z.string().nullish(),
  priority: z.number().int().optional(),
  data: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  tags: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
});

/** What a client sends for a record, checked. */
export type RecordInput = z.infer<typeof recordInput>;

/** A record as the API answers it. */
export interface DnsRecord {
  readonly id: string;
  readonly name: string;
  readonly type: RecordInput["type"];
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly proxiable: boolean;
  readonly comment: string | null;
  readonly tags: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly created_on: string;
  readonly modified_on: string;
}

/** An error with the number and text of Cloudflare's own. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** Checks what a client sent. Faults are answered as Cloudflare does: 400 with its numbers. */
export function parseRecord(body: unknown, domain: string): RecordInput {
  const parsed = recordInput.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError(
      400,
      9207,
      `Request body is invalid: ${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "not an object"}.`,
    );
  }
  const { name, type, content, ttl } = parsed.data;
  if (name !== domain && !name.endsWith(`.${domain}`)) {
    throw new ApiError(400, 9000, `DNS name is invalid: ${name} is not in the zone ${domain}.`);
  }
  if (ttl !== AUTOMATIC_TTL && (ttl < SHORTEST_TTL || ttl > LONGEST_TTL)) {
    throw new ApiError(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
  }
  if (type === "A" && !isIPv4(content ?? "")) {
    throw new ApiError(400, 9005, "Content for A record must be a valid IPv4 address.");
  }
  if (type === "AAAA" && !isIPv6(content ?? "")) {
    throw new ApiError(400, 9006, "Content for AAAA record must be a valid IPv6 address.");
  }
  if (content === undefined && type !== "CAA") {
    throw new ApiError(400, 9009, `Content for ${type} record is missing.`);
  }
  return parsed.data;
}

/** The text of a record's value: given as such, or for CAA as its parts. */
export function contentOf(input: RecordInput): string {
  const { flags, tag, value } = input.data ?? {};
  return input.content ?? `${flags ?? 0} ${tag ?? "issue"} "${value ?? ""}"`;
}
