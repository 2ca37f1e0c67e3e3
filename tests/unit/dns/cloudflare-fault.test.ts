import { cloudflareFault } from "../../../components/dns/cloudflare-fault";
import { UserError } from "../../../lib/errors";

const ZONE = "6f1e0c5d4b3a29180706f5e4d3c2b1a0";
const API = "https://api.cloudflare.com/client/v4";
const URL = `${API}/zones/${ZONE}/dns_records?name.exact=www.example.org`;

/** An error as the provider words it. */
function answer(status: string, code: number, message: string): string {
  const body = `{"success":false,"errors":[{"code":${code},"message":"${message}"}],"messages":[],"result":null}`;
  return `invocation of cloudflare:index/getDnsRecords:getDnsRecords returned an error: failed to make http request: GET "${URL}": ${status} ${body}`;
}

const REFUSED = `dns: Cloudflare refused the token for zone ${ZONE}`;
const NO_ZONE = `dns: Cloudflare knows no zone ${ZONE}`;

test.each([
  ["a token without the right", answer("403 Forbidden", 10000, "Authentication error"), REFUSED],
  ["a token that has expired", answer("403 Forbidden", 9109, "Invalid access token"), REFUSED],
  ["a token of another form", answer("400 Bad Request", 6003, "Invalid request headers"), REFUSED],
  ["no token", answer("400 Bad Request", 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers"), REFUSED],
  ["an unknown token", answer("401 Unauthorized", 1000, "Invalid API Token"), REFUSED],
  ["an unknown zone", answer("404 Not Found", 7003, "Could not route to /zones/x, perhaps ..."), NO_ZONE],
  ["a zone id of another form", answer("400 Bad Request", 7003, "Could not route to /zones/x, perhaps ..."), NO_ZONE],
])("%s is told with the remedy, and is an error at preview as well", (_, text, beginning) => {
  const { passing, error } = cloudflareFault(text, ZONE, API);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message.slice(0, beginning.length)).toBe(beginning);
  expect(error.message).not.toContain("success");
  expect(error.message).toMatch(/\(\d+\)/);
  expect(passing).toBe(false);
});

test("an API that cannot be reached is named with the reason, and may pass", () => {
  const text = `failed to make http request: Get "${URL}": dial tcp 198.51.100.53:443: connect: connection refused`;
  const { passing, error } = cloudflareFault(text, ZONE, API);
  expect(error.message).toMatch(/^dns: Cloudflare's API cannot be reached at https:.*connection refused.*check/);
  expect(passing).toBe(true);
});

test.each([answer("502 Bad Gateway", 502, "Bad gateway"), answer("429 Too Many Requests", 10429, "Too many requests")])(
  "an answer that is no verdict may pass: %s",
  (text) => {
    const { passing, error } = cloudflareFault(text, ZONE, API);
    expect(error.message).toMatch(/^dns: Cloudflare's API did not answer the question .*(502|429).*try again/);
    expect(passing).toBe(true);
  },
);
