import { parse } from "yaml";

import {
  renderRoute,
  renderTraefikStatic,
  renderTraefikTls,
  Route,
  TRAEFIK_PATHS,
} from "../../../components/render/traefik";

const ACME = { directory: "https://acme.test/dir", email: "me@example.org", storage: "/acme/test.json" };
const ROUTE: Route = {
  app: "blog",
  hosts: ["www.example.org", "example.org"],
  adminHosts: ["192.168.77.10"],
  backends: ["web-1:8000"],
};

describe("the static configuration", () => {
  const text = renderTraefikStatic(ACME);
  const config = parse(text) as Record<string, Record<string, unknown>>;

  test("has the file provider and no other, so that no Docker socket is needed", () => {
    expect(Object.keys(config["providers"] ?? {}).sort()).toEqual(["file", "providersThrottleDuration"]);
    expect(text).not.toMatch(/docker/i);
  });

  test("asks the named authority by HTTP-01 and keeps its certificates in a file of its own", () => {
    expect(config["certificatesResolvers"]).toEqual({
      acme: {
        acme: {
          caServer: "https://acme.test/dir",
          email: "me@example.org",
          storage: "/acme/test.json",
          keyType: "EC256",
          httpChallenge: { entryPoint: "web" },
        },
      },
    });
  });

  test("redirects plain HTTP to the port that visitors see", () => {
    expect(config["entryPoints"]).toMatchObject({
      web: { http: { redirections: { entryPoint: { to: ":443", scheme: "https", permanent: true } } } },
    });
  });

  test.each(["web", "websecure", "admin"])("limits what a request to '%s' may look like", (name) => {
    expect(config["entryPoints"]?.[name]).toMatchObject({
      http: {
        maxHeaderBytes: 65536,
        encodedCharacters: { allowEncodedSlash: false, allowEncodedNullCharacter: false },
      },
    });
  });

  test("has no dashboard, no API, and its own entry point on loopback only", () => {
    expect(config).not.toHaveProperty("api");
    expect(config["entryPoints"]).toMatchObject({ traefik: { address: "127.0.0.1:8080" } });
  });

  test("calls nobody", () => {
    expect(config["global"]).toEqual({ checkNewVersion: false, sendAnonymousUsage: false });
  });
});

describe("TLS", () => {
  const tls = parse(renderTraefikTls("digest")) as unknown;

  test("is 1.2 or later, with forward secrecy", () => {
    expect(tls).toMatchObject({ tls: { options: { default: { minVersion: "VersionTLS12" } } } });
    const suites = renderTraefikTls("").match(/TLS_\w+/g) ?? [];
    expect(suites.length).toBeGreaterThan(0);
    expect(suites.filter((suite) => !suite.startsWith("TLS_ECDHE_"))).toEqual([]);
  });

  test("shows our own certificate to who asks for another name", () => {
    expect(tls).toMatchObject({
      tls: {
        stores: {
          default: { defaultCertificate: { certFile: TRAEFIK_PATHS.certificate, keyFile: TRAEFIK_PATHS.key } },
        },
      },
    });
  });

  test("changes with the certificate, whose file Traefik does not watch", () => {
    expect(renderTraefikTls("one")).not.toBe(renderTraefikTls("two"));
  });
});

describe("a route", () => {
  const route = parse(renderRoute(ROUTE)) as {
    http: { routers: Record<string, { rule: string; entryPoints: string[] }>; services: unknown };
  };

  test("serves the site to the public, without its admin", () => {
    expect(route.http.routers["blog"]).toEqual({
      entryPoints: ["websecure"],
      rule: "(Host(`www.example.org`) || Host(`example.org`)) && !PathPrefix(`/admin`)",
      service: "blog",
      tls: { certResolver: "acme", domains: [{ main: "www.example.org", sans: ["example.org"] }] },
    });
  });

  test("serves the admin on its own entry point, also by the names of home, and asks no certificate for those", () => {
    expect(route.http.routers["blog-admin"]).toEqual({
      entryPoints: ["admin"],
      rule: "(Host(`www.example.org`) || Host(`example.org`) || Host(`192.168.77.10`))",
      service: "blog",
      tls: {},
    });
  });

  test("balances over its containers, whatever their order", () => {
    const two = ["web-2:8000", "web-1:8000"];
    expect(renderRoute({ ...ROUTE, backends: two })).toBe(renderRoute({ ...ROUTE, backends: [...two].reverse() }));
    expect(route.http.services).toEqual({
      blog: { loadBalancer: { servers: [{ url: "http://web-1:8000" }], passHostHeader: true } },
    });
  });

  test("of one name has no other name in its certificate", () => {
    expect(parse(renderRoute({ ...ROUTE, hosts: ["example.org"] }))).toMatchObject({
      http: { routers: { blog: { tls: { domains: [{ main: "example.org", sans: [] }] } } } },
    });
  });
});
