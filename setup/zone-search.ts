import { z } from "zod";

/** A zone that a token may see. */
export interface FoundZone {
  readonly id: string;
  readonly name: string;
}

const answer = z.object({ result: z.array(z.object({ id: z.string(), name: z.string() })) });

/** Time for the API to answer, milliseconds. */
const DEADLINE = 10_000;

/**
 * The zone of a domain, or of the domain above it, as the API finds it; undefined: the token may not list zones (Zone / Zone / Read), or has none of this name.
 * Whether the token may edit records shows at the preview.
 */
export async function zonesOf(domain: string, token: string, apiUrl: string): Promise<FoundZone | undefined> {
  for (const name of parents(domain)) {
    const response = await fetch(`${apiUrl}/zones?${new URLSearchParams({ name }).toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(DEADLINE),
    }).catch(() => undefined);
    if (response?.status !== 200) return undefined;
    const found = answer.safeParse(await response.json().catch(() => undefined));
    const zone = found.success ? found.data.result.find((one) => one.name === name) : undefined;
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** A domain and those above it, down to two labels. */
export function parents(domain: string): string[] {
  const labels = domain.split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}
