import { CloudflareFault } from "../../../components/dns/cloudflare-fault";
import { readPage } from "../../../components/dns/zone-page";
import { UserError } from "../../../lib/errors";

const ZONE = { zoneId: "6f1e0c5d4b3a29180706f5e4d3c2b1a0", apiUrl: "https://api.cloudflare.com/client/v4" };

const REFUSED = `dns: Cloudflare refused the token for zone ${ZONE.zoneId}`;
const NO_ZONE = `dns: Cloudflare knows no zone ${ZONE.zoneId}`;

function refused(code: number, message: string): string {
  return JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
}

function faultOf(status: number, body: string): CloudflareFault {
  try {
    readPage(ZONE, status, body);
  } catch (error) {
    if (error instanceof CloudflareFault) return error;
    throw error;
  }
  throw new Error("there was no fault");
}

test.each([
  ["a token without the right", 403, refused(10000, "Authentication error"), REFUSED],
  ["a token that has expired", 403, refused(9109, "Invalid access token"), REFUSED],
  ["a token of another form", 400, refused(6003, "Invalid request headers"), REFUSED],
  ["no token", 400, refused(9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers"), REFUSED],
  ["an unknown token", 401, refused(1000, "Invalid API Token"), REFUSED],
  ["an unknown zone", 404, refused(7003, "Could not route to /zones/x, perhaps ..."), NO_ZONE],
  ["a zone id of another form", 400, refused(7003, "Could not route to /zones/x, perhaps ..."), NO_ZONE],
])("%s is reported with the remedy, and is an error at preview as well", (_, status, body, beginning) => {
  const error = faultOf(status, body);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message.slice(0, beginning.length)).toBe(beginning);
  expect(error.message).not.toContain("success");
  expect(error.message).toMatch(/\(\d+, .*\(\d+\)\)/);
  expect(error.passing).toBe(false);
});

test.each([
  [502, "<html>bad gateway</html>"],
  [429, "error code: 1015"],
  [429, refused(10429, "Too many requests")],
  [200, refused(10500, "Internal error")],
])("an answer that decides nothing may pass: %d %s", (status, body) => {
  const error = faultOf(status, body);
  expect(error.message).toMatch(/^dns: Cloudflare's API did not list the records .*(502|429|10500).*try again/);
  expect(error.passing).toBe(true);
});

test.each([
  ["a sign-in page", 200, "<!doctype html><title>Welcome to the guest network</title>"],
  ["nothing", 200, ""],
  ["another web server", 404, "<h1>Not Found</h1>"],
  ["a proxy that refuses", 403, "Forbidden"],
  ["JSON of something else", 200, '{"status":"ok"}'],
  ["records without a name", 200, '{"success":true,"errors":[],"result":[{"id":"1"}]}'],
])("%s is not the API, and may pass", (_, status, body) => {
  const error = faultOf(status, body);
  expect(error.message).toBe(
    `dns: the server at ${ZONE.apiUrl} is not Cloudflare's API (${status}, without a list of records): ` +
      "check dns.apiUrl, and that no proxy or sign-in page of a network answers in its place",
  );
  expect(error.passing).toBe(true);
});
