import { parse } from "yaml";

import {
  Acme,
  renderDashboard,
  renderTraefikStatic,
  renderTraefikTls,
  TRAEFIK_PATHS,
} from "../../../components/proxy/traefik-config";

const ACME: Acme = {
  directory: "https://acme.test/dir",
  email: "me@example.org",
  storage: "/acme/test.json",
  profile: undefined,
  lifetimeHours: 1080,
  challenge: "http-01",
};

describe("the static configuration", () => {
  const text = renderTraefikStatic(ACME, { trusted: [] });
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
          certificatesDuration: 1080,
          keyType: "EC256",
          httpChallenge: { entryPoint: "web" },
        },
      },
    });
  });

  test("asks by DNS-01 where that is chosen, and has only the zone's own name servers asked for the record", () => {
    const { certificatesResolvers } = parse(renderTraefikStatic({ ...ACME, challenge: "dns-01" }, { trusted: [] })) as {
      certificatesResolvers: { acme: { acme: object } };
    };
    expect(certificatesResolvers.acme.acme).toMatchObject({
      dnsChallenge: { provider: "cloudflare", propagation: { requireAllRNS: false } },
    });
    expect(certificatesResolvers.acme.acme).not.toHaveProperty("httpChallenge");
  });

  test("names the profile where there is one", () => {
    expect(parse(renderTraefikStatic({ ...ACME, profile: "shortlived" }, { trusted: [] }))).toMatchObject({
      certificatesResolvers: { acme: { acme: { profile: "shortlived" } } },
    });
  });

  test("logs no header and no query", () => {
    expect(config["accessLog"]).toEqual({
      format: "json",
      fields: { headers: { defaultMode: "drop" }, queryParameters: { defaultMode: "drop" } },
    });
  });

  test("leaves what port 80 answers to the sites", () => {
    expect(config["entryPoints"]?.["web"]).not.toHaveProperty("http.redirections");
  });

  test.each(["web", "websecure", "admin"])("limits what a request to '%s' may look like", (name) => {
    expect(config["entryPoints"]?.[name]).toMatchObject({
      http: {
        maxHeaderBytes: 65536,
        aliasHeadersStrategy: "reject",
        encodedCharacters: { allowEncodedSlash: false, allowEncodedNullCharacter: false },
      },
    });
  });

  test("waits at the admin as long as for visitors, and believes nobody there who says who the visitor is", () => {
    const entry = { trusted: ["192.0.2.0/24"], readTimeoutSeconds: 600, idleTimeoutSeconds: 30 };
    const transport = { respondingTimeouts: { readTimeout: "600s", idleTimeout: "30s" } };
    const { entryPoints } = parse(renderTraefikStatic(ACME, entry)) as { entryPoints: Record<string, object> };
    expect(entryPoints).toMatchObject({ web: { transport }, websecure: { transport }, admin: { transport } });
    expect(entryPoints["websecure"]).toHaveProperty("forwardedHeaders");
    expect(entryPoints["admin"]).not.toHaveProperty("forwardedHeaders");
    expect(config["entryPoints"]?.["admin"]).not.toHaveProperty("transport");
  });

  test("lets encoded slashes, number signs and percent signs pass where the settings say so, and nothing else", () => {
    const { entryPoints } = parse(renderTraefikStatic(ACME, { trusted: [], encodedPaths: true })) as {
      entryPoints: Record<string, { http: { encodedCharacters: Record<string, boolean> } }>;
    };
    for (const name of ["web", "websecure", "admin"])
      expect(
        Object.entries(entryPoints[name]?.http.encodedCharacters ?? {})
          .filter(([, allowed]) => allowed)
          .map(([character]) => character),
      ).toEqual(["allowEncodedSlash", "allowEncodedPercent", "allowEncodedHash"]);
  });

  test("opens its API to no entry point by itself, and its own entry point on loopback only", () => {
    expect(config["api"]).toMatchObject({ insecure: false });
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

describe("the dashboard", () => {
  const dashboard = { hosts: ["192.168.77.10", "localhost"], digest: "0123abcd" };
  const { http } = parse(renderDashboard(dashboard)) as {
    http: { routers: Record<string, { middlewares: string[] }>; middlewares: Record<string, object> };
  };

  test("answers at home only, over whatever a site has there", () => {
    expect(http.routers).toEqual({
      dashboard: {
        entryPoints: ["admin"],
        rule: "(Host(`192.168.77.10`) || Host(`localhost`)) && (PathPrefix(`/dashboard/`) || PathPrefix(`/api/`))",
        priority: 100000,
        middlewares: ["dashboard-login-0123abcd"],
        service: "api@internal",
        tls: {},
      },
    });
  });

  test("asks for a login, and takes up another one", () => {
    expect(http.middlewares["dashboard-login-0123abcd"]).toMatchObject({
      basicAuth: { usersFile: TRAEFIK_PATHS.users },
    });
    expect(renderDashboard({ ...dashboard, digest: "4567cdef" })).not.toBe(renderDashboard(dashboard));
  });
});
