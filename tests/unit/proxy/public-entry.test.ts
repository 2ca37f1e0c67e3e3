import { isIP } from "node:net";

import { CLOUDFLARE_RANGES, proxyRanges } from "../../../components/dns/cloudflare-ranges";
import { publicEntry } from "../../../components/proxy/public-entry";

test("nothing is said where the settings say nothing: nobody's headers are believed, and Traefik's times count", () => {
  expect(publicEntry({ trusted: proxyRanges({ provider: "none" }) })).toEqual({});
  expect(publicEntry({ trusted: proxyRanges({ provider: "cloudflare", proxied: false }) })).toEqual({});
});

test("behind Cloudflare's proxy exactly its networks are believed", () => {
  expect(publicEntry({ trusted: proxyRanges({ provider: "cloudflare", proxied: true }) })).toEqual({
    forwardedHeaders: { trustedIPs: CLOUDFLARE_RANGES },
  });
});

test("times are seconds, each by itself", () => {
  expect(publicEntry({ trusted: [], readTimeoutSeconds: 600 })).toEqual({
    transport: { respondingTimeouts: { readTimeout: "600s" } },
  });
  expect(publicEntry({ trusted: [], idleTimeoutSeconds: 5 })).toEqual({
    transport: { respondingTimeouts: { idleTimeout: "5s" } },
  });
});

test("Cloudflare's networks are networks, each once, and none is a whole part of the internet", () => {
  expect(new Set(CLOUDFLARE_RANGES).size).toBe(CLOUDFLARE_RANGES.length);
  for (const range of CLOUDFLARE_RANGES) {
    const [network = "", prefix] = range.split("/");
    expect(isIP(network)).toBeGreaterThan(0);
    expect(Number(prefix)).toBeGreaterThanOrEqual(isIP(network) === 4 ? 13 : 29);
  }
});
