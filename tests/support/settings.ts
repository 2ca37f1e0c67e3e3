import { readSettings } from "../../settings/load";
import { HOST_KEYS } from "./fixtures";

/** Raw values of a stack as written in its file: the required ones alone. */
export const MINIMAL = {
  domain: "example.org",
  edge: { address: "198.51.100.10", hostKey: HOST_KEYS.vps },
  servers: [{ name: "pi", address: "192.168.77.10", hostKey: HOST_KEYS.pi }],
  tls: { email: "operator@example.org" },
  dns: { provider: "none" },
} as const;

/** Raw values of a stack with every setting that needs no file. */
export const FULL = {
  domain: "example.org",
  hosts: ["www.example.org", "example.org"],
  edge: { ...MINIMAL.edge, port: 2222, user: "admin", sshFrom: ["198.51.100.0/24"] },
  servers: [
    { ...MINIMAL.servers[0], port: 22, user: "pi", platform: "linux/arm64", open: ["53/udp"], sshOverTunnel: true },
  ],
  tunnel: { network: "10.88.0.0/24", interface: "wg1", port: 443, mtu: 1380, keepaliveSeconds: 20 },
  tls: {
    directory: "https://acme.test:14000/dir",
    email: "operator@example.org",
    profile: "shortlived",
    lifetimeHours: 160,
    caaIssuer: "acme.test",
    challenge: "http-01",
    wildcard: false,
  },
  dns: {
    provider: "cloudflare",
    zoneId: "6f1e0c5d4b3a29180706f5e4d3c2b1a0",
    apiUrl: "http://198.51.100.53:8787/client/v4",
    ttlSeconds: 120,
    caa: "domain",
    adopt: true,
    proxied: false,
  },
  backup: { at: "02:15", keep: { daily: 3, weekly: 0, monthly: 1 } },
  updates: { security: false, rebootAt: "04:30" },
  proxy: {
    uploadMaxMb: 100,
    publicUploadMaxMb: 5,
    readTimeoutSeconds: 600,
    idleTimeoutSeconds: 30,
    compress: true,
    encodedPaths: false,
  },
  database: { engine: "sqlite", memoryMb: 1024, keepData: true, rotatePassword: "2026-11" },
  images: { traefik: "traefik:v3.7.13", python: "python:3.13-slim-bookworm", postgres: "postgres:17-bookworm" },
  app: {
    context: "./app",
    dockerfile: "Dockerfile",
    buildArgs: { STATIC_PLATFORM: "linux/amd64" },
    port: 8000,
    adminUser: "editor",
    adminPath: ["/manage/"],
    release: ["python manage.py migrate"],
    workers: 2,
    threads: 2,
    timeoutSeconds: 60,
    gracefulSeconds: 20,
    memoryMb: 256,
    maxProcesses: 128,
    hsts: { seconds: 3600, includeSubdomains: true, preload: false },
    keepData: true,
    rotate: { djangoKey: "2026-11", adminPassword: "2026-11" },
    environment: { DJANGO_TIME_ZONE: "Europe/Berlin" },
    health: { path: "/health", status: [200], seconds: 90 },
    logLevel: "WARNING",
    jobs: [{ name: "clean-up", schedule: "*-*-* 03:30", command: "python manage.py clearsessions" }],
  },
} as const;

/** A copy of a tree of plain values in which one place, named by its path, has another value; `undefined` removes it. */
export function changed(tree: object, at: string, value: unknown): Record<string, unknown> {
  const [first = "", ...rest] = at.split("/");
  const copy = Object.assign(Array.isArray(tree) ? [] : {}, tree) as Record<string, unknown>;
  copy[first] = rest.length === 0 ? value : changed(copy[first] ?? {}, rest.join("/"), value);
  return copy;
}

/** A path as `changed` takes it, as the docs have it. */
export function documented(at: string): string {
  return at.replace(/\/(\d+)/g, "[$1]").replaceAll("/", ".");
}

/** The lines that name a fault each. */
export function faultsOf(values: Record<string, unknown>): string[] {
  try {
    readSettings(values);
  } catch (error) {
    return String(error)
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim());
  }
  return [];
}
