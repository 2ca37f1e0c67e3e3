/**
 * Networks from which Cloudflare's proxy forwards requests: www.cloudflare.com/ips-v4 and /ips-v6, as of October 2026 (last changed in September
 * 2023). The forwarded headers of these are trusted, and nobody else's: a range that is missing here shows Cloudflare's address
 * in place of the visitor's.
 */
export const CLOUDFLARE_RANGES: readonly string[] = [
  "173.245.48.0/20",
  "103.21.244.0/22",
  "103.22.200.0/22",
  "103.31.4.0/22",
  "141.101.64.0/18",
  "108.162.192.0/18",
  "190.93.240.0/20",
  "188.114.96.0/20",
  "197.234.240.0/22",
  "198.41.128.0/17",
  "162.158.0.0/15",
  "104.16.0.0/13",
  "104.24.0.0/14",
  "172.64.0.0/13",
  "131.0.72.0/22",
  "2400:cb00::/32",
  "2606:4700::/32",
  "2803:f800::/32",
  "2405:b500::/32",
  "2405:8100::/32",
  "2a06:98c0::/29",
  "2c0f:f248::/32",
];

/** The settings that say whether Cloudflare's proxy is in front of the site. */
interface Proxied {
  readonly provider: string;
  readonly proxied?: boolean;
}

/** Whether the names of the site resolve to Cloudflare's proxy. */
export function isProxied({ proxied }: Proxied): boolean {
  return proxied === true;
}

/** Whose forwarded headers are trusted in front of the site: Cloudflare's where its proxy is, else nobody's. */
export function proxyRanges(dns: Proxied): readonly string[] {
  return isProxied(dns) ? CLOUDFLARE_RANGES : [];
}
