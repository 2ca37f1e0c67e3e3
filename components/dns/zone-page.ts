import { z } from "zod";

import { ApiZone, notTheApi, refusal } from "./cloudflare-fault";

const recordSchema = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  content: z.string().default(""),
  /** Empty where it has none. */
  comment: z
    .string()
    .nullish()
    .transform((comment) => comment ?? ""),
});

/** A record as the zone has it, whoever created it. */
export type ZoneRecord = z.output<typeof recordSchema>;

const pageSchema = z.object({
  result: z.array(recordSchema),
  result_info: z.object({ total_pages: z.number().optional() }).optional(),
});

const errorsSchema = z.object({ errors: z.array(z.object({ code: z.number(), message: z.string() })) });

/** One page of a list of records. */
export interface ZonePage {
  readonly records: readonly ZoneRecord[];
  /** Undefined: the answer does not say; the last page is then the empty one. */
  readonly pages: number | undefined;
}

/** Reads an answer to a request for a page of records; throws a CloudflareFault for any other. */
export function readPage(zone: ApiZone, status: number, body: string): ZonePage {
  const answer = json(body);
  const page = pageSchema.safeParse(answer);
  if (status === 200 && page.success) return { records: page.data.result, pages: page.data.result_info?.total_pages };
  const { errors } = errorsSchema.catch({ errors: [] }).parse(answer);
  // Cloudflare's own gateway answers an overload without JSON.
  const isGateway = status === 429 || status >= 500;
  throw errors.length === 0 && !isGateway ? notTheApi(zone, status) : refusal(zone, status, errors);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
