// Removes DNS records from a zone at Cloudflare, and accepts that some are gone already.
// Parameters by environment: API_URL, ZONE_ID, CLOUDFLARE_API_TOKEN. On stdin a record a line: its id, then its text for messages.
import { text } from "node:stream/consumers";

const { API_URL, ZONE_ID, CLOUDFLARE_API_TOKEN } = process.env;

/** Answer of the API for a record that is gone. */
const GONE = 404;

/** A call takes well under a second; milliseconds. */
const LONGEST_CALL = 30_000;

const lines = (await text(process.stdin)).split("\n").filter((line) => line !== "");
for (const line of lines) {
  const [id, ...what] = line.split(" ");
  const response = await fetch(`${API_URL}/zones/${ZONE_ID}/dns_records/${id}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${CLOUDFLARE_API_TOKEN}` },
    signal: AbortSignal.timeout(LONGEST_CALL),
  });
  if (!response.ok && response.status !== GONE) {
    const { errors = [] } = await response.json().catch(() => ({}));
    const said = [response.status, ...errors.map(({ code, message }) => `${message} (${code})`)].join(", ");
    console.error(`homeport: Cloudflare did not remove the record ${what.join(" ")}: ${said}`);
    process.exit(1);
  }
  console.log(`${response.ok ? "removed" : "gone already:"} ${what.join(" ")}`);
}
