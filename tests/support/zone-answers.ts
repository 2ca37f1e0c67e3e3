/** What Cloudflare's API says of a name: its records, the status and code of a refusal, or the reason why it cannot be reached. */
export type ZoneAnswer =
  readonly object[] | { readonly status: number; readonly code: number } | { readonly fault: string };

/** Answers by name; no records for any other. */
export type Zone = Readonly<Record<string, ZoneAnswer>>;

/** A request for the records of a name. */
export interface ZoneRequest {
  readonly url: string;
  readonly name: string;
  readonly authorization: string | null;
}

/** Puts a zone in place of all that `fetch` reaches, and gives what it is asked. */
export function answerAsZone(zone: Zone): { readonly requests: readonly ZoneRequest[]; readonly restore: () => void } {
  const requests: ZoneRequest[] = [];
  const spy = jest.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const { url, headers } = new Request(input, init);
    const name = new URL(url).searchParams.get("name.exact") ?? "";
    requests.push({ url, name, authorization: headers.get("authorization") });
    return answer(zone[name] ?? []);
  });
  return {
    requests,
    restore: () => {
      spy.mockRestore();
    },
  };
}

function answer(found: ZoneAnswer): Promise<Response> {
  if ("fault" in found) return Promise.reject(new TypeError("fetch failed", { cause: new Error(found.fault) }));
  if (!("status" in found))
    return json(200, { success: true, errors: [], result: found, result_info: { total_pages: 1 } });
  const { status, code } = found;
  return json(status, { success: false, errors: [{ code, message: "No" }], result: null });
}

function json(status: number, body: object): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(body), { status }));
}
