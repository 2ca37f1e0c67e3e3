import { parse } from "yaml";

import { Backend, renderInnerRoute, renderInnerTransport, renderRoute, Route } from "../../../components/proxy/routes";

const ROUTE: Route = {
  app: "blog",
  hosts: ["www.example.org", "example.org"],
  adminHosts: ["192.168.77.10"],
  backends: [{ url: "http://web-1:8000", weight: 1 }],
  adminPath: ["/admin/"],
  health: { path: "/.homeport/health", status: 200, forwarded: false },
  hsts: { seconds: 3600, includeSubdomains: false, preload: false },
  proxied: false,
  uploadMaxMb: 4096,
  compress: false,
};

/** A server with two containers, and one with one. */
const TWO: readonly Backend[] = [
  { url: "https://10.77.0.9:8444", weight: 2 },
  { url: "https://10.77.0.2:8444", weight: 1 },
];

interface Dynamic {
  readonly http: {
    readonly routers: Record<
      string,
      { readonly rule?: string; readonly middlewares?: string[]; readonly entryPoints?: string[] }
    >;
    readonly middlewares: Record<string, object>;
    readonly services: Record<string, { readonly loadBalancer: object }>;
  };
}

/** Whether a path, as Traefik has it, is none of the public router's. */
function closed(adminPath: string, asked: string): boolean {
  const { http } = parse(renderRoute({ ...ROUTE, adminPath: [adminPath] })) as {
    http: { routers: { blog: { rule: string } } };
  };
  const [, pattern = ""] = /!PathRegexp\(`([^`]*)`\)$/.exec(http.routers.blog.rule) ?? [];
  return new RegExp(pattern).test(asked);
}

test.each(["/en/admin/", "/en%2Fadmin/", "/en%2fadmin", "/en/admin%2Flogin/"])(
  "the admin stays closed at %s, also where the settings allow encoded slashes",
  (asked) => {
    expect(closed("/en/admin/", asked)).toBe(true);
    expect(closed("/en/admin/", "/en/administration")).toBe(false);
  },
);

describe("a route", () => {
  const route = parse(renderRoute(ROUTE)) as {
    http: { routers: Record<string, object>; middlewares: unknown; services: unknown };
  };

  test("serves the site to the public under its first name, without its admin", () => {
    expect(route.http.routers["blog"]).toEqual({
      entryPoints: ["websecure"],
      rule: "(Host(`www.example.org`)) && !PathRegexp(`/staticfiles\\.json$`) && !PathRegexp(`^/admin(?:[/%]|$)`)",
      service: "blog",
      tls: {},
    });
  });

  test("sends the other names there for good, with path and query, and has no admin under them either", () => {
    expect(route.http.routers["blog-others"]).toEqual({
      entryPoints: ["websecure"],
      rule: "(Host(`example.org`)) && !PathRegexp(`/staticfiles\\.json$`) && !PathRegexp(`^/admin(?:[/%]|$)`)",
      middlewares: ["blog-hsts", "blog-main"],
      service: "noop@internal",
      tls: {},
    });
    expect(route.http.middlewares).toMatchObject({
      "blog-main": {
        redirectRegex: { regex: "^https?://[^/]+(.*)$", replacement: "https://www.example.org${1}", permanent: true },
      },
    });
  });

  test("sends port 80 to HTTPS for its own names alone", () => {
    expect(route.http.routers["blog-http"]).toEqual({
      entryPoints: ["web"],
      rule: "(Host(`www.example.org`) || Host(`example.org`))",
      middlewares: ["blog-https"],
      service: "noop@internal",
    });
    expect(route.http.middlewares).toMatchObject({
      "blog-https": { redirectScheme: { scheme: "https", port: "443", permanent: true } },
    });
  });

  test("has browsers insist on HTTPS for as long as the settings say, where it redirects itself", () => {
    const sts = { stsSeconds: 3600, stsIncludeSubdomains: false, stsPreload: false };
    expect(route.http.middlewares).toMatchObject({ "blog-hsts": { headers: sts } });
    const without = renderRoute({ ...ROUTE, hsts: { ...ROUTE.hsts, seconds: 0 } });
    expect(without).not.toContain("hsts");
  });

  test.each([
    ["/admin/", ["/admin", "/admin/", "/admin/login/", "/admin%2Flogin/", "/admin%2flogin/", "/admin%3Bx/"]],
    ["/manage/site/", ["/manage/site", "/manage/site/", "/manage/site/login/"]],
  ])("closes %s, what is below it, and what an application could take for that", (adminPath, paths) => {
    for (const one of paths) expect([one, closed(adminPath, one)]).toEqual([one, true]);
  });

  test.each([
    ["/admin/", ["/", "/administration/", "/admins", "/admin-news/", "/posts/admin/", "/Admin/"]],
    ["/manage/", ["/admin/", "/manage-it/"]],
  ])("leaves to the site what only begins like %s, or has it further behind", (adminPath, paths) => {
    for (const one of paths) expect([one, closed(adminPath, one)]).toEqual([one, false]);
  });

  test("asks for no certificate: a deploy would then ask each time", () => {
    expect(renderRoute(ROUTE)).not.toContain("certResolver");
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
    expect(renderRoute({ ...ROUTE, backends: TWO })).toBe(renderRoute({ ...ROUTE, backends: [...TWO].reverse() }));
    expect(route.http.services).toEqual({
      blog: { loadBalancer: { servers: [{ url: "http://web-1:8000" }], passHostHeader: true } },
    });
  });

  test("of one name sends nobody elsewhere", () => {
    const { http } = parse(renderRoute({ ...ROUTE, hosts: ["example.org"] })) as typeof route;
    expect(Object.keys(http.routers)).not.toContain("blog-others");
    expect(http.middlewares).not.toHaveProperty("blog-main");
  });

  test("refuses what is too large, for the public and for the admin, under each name", () => {
    const { http } = parse(renderRoute({ ...ROUTE, uploadMaxMb: 1 })) as Dynamic;
    expect(http.routers["blog-too-large"]).toMatchObject({
      entryPoints: ["websecure", "admin"],
      middlewares: ["blog-too-large"],
      rule: expect.stringMatching(
        /^\(Host\(`www\.example\.org`\) \|\| Host\(`example\.org`\) \|\| Host\(`192\.168\.77\.10`\)\) && /,
      ) as string,
    });
    expect(http.middlewares).toHaveProperty("blog-too-large");
    expect(http.middlewares).toHaveProperty("blog-no-length");
  });

  test("compresses where it is to, before anything is tried again", () => {
    expect(route.http.middlewares).not.toHaveProperty("blog-compress");
    const { http } = parse(renderRoute({ ...ROUTE, compress: true, backends: TWO })) as Dynamic;
    expect(http.middlewares["blog-compress"]).toEqual({ compress: {} });
    for (const name of ["blog", "blog-admin"])
      expect(http.routers[name]?.middlewares).toEqual(["blog-compress", "blog-retry"]);
  });
});

describe("a route to several backends", () => {
  const { http } = parse(renderRoute({ ...ROUTE, backends: TWO })) as Dynamic;

  test("gives each its share, checks each by the site's name and unhealthy ones sooner, and reaches other servers by their transport", () => {
    expect(http.services["blog"]).toEqual({
      loadBalancer: {
        servers: [
          { url: "https://10.77.0.2:8444", weight: 1 },
          { url: "https://10.77.0.9:8444", weight: 2 },
        ],
        passHostHeader: true,
        serversTransport: "inner",
        healthCheck: {
          ...{ path: "/.homeport/health", hostname: "www.example.org" },
          ...{ interval: "5s", timeout: "3s", unhealthyInterval: "2s" },
        },
      },
    });
  });

  test("tries another one where that is safe, for the site and for its admin", () => {
    expect(http.middlewares["blog-retry"]).toEqual({
      retry: {
        attempts: 4,
        status: ["500", "502-504"],
        disableRetryOnNetworkError: true,
        initialInterval: "50ms",
        maxRequestBodyBytes: 65536,
      },
    });
    expect(http.routers["blog"]?.middlewares).toEqual(["blog-retry"]);
    expect(http.routers["blog-admin"]?.middlewares).toEqual(["blog-retry"]);
    expect(http.routers["blog-others"]?.middlewares).toEqual(["blog-hsts", "blog-main"]);
  });

  test("has no proxy ask for gzip where the visitor did not: what it unpacks has no known length", () => {
    for (const name of ["blog", "blog-admin"]) {
      const { rule, ...rest } = http.routers[name] ?? {};
      expect(http.routers[`${name}-plain`]).toEqual({
        ...rest,
        rule: `(${String(rule)}) && !HeaderRegexp(\`Accept-Encoding\`, \`.\`)`,
        middlewares: ["blog-plain", "blog-retry"],
      });
    }
    expect(http.middlewares["blog-plain"]).toEqual({
      headers: { customRequestHeaders: { "Accept-Encoding": "identity" } },
    });
    expect(renderRoute(ROUTE)).not.toContain("plain");
  });

  test("on one host alone needs no transport", () => {
    const local = [1, 2].map((number) => ({ url: `http://web-${number}:8000`, weight: 1 }));
    const { services } = (parse(renderRoute({ ...ROUTE, backends: local })) as Dynamic).http;
    expect(services["blog"]?.loadBalancer).not.toHaveProperty("serversTransport");
    expect(services["blog"]?.loadBalancer).toMatchObject({
      healthCheck: { path: "/.homeport/health", hostname: "www.example.org", interval: "5s", timeout: "3s" },
    });
  });
});

describe("a route behind the ingress", () => {
  test("takes whatever the ingress sends, and nothing of any other entry point", () => {
    const { http } = parse(renderInnerRoute(ROUTE)) as Dynamic;
    expect(http.routers).toEqual({
      blog: { entryPoints: ["inner"], rule: "PathPrefix(`/`)", service: "blog", tls: {} },
    });
    expect(http).not.toHaveProperty("middlewares");
  });
});

describe("the way to other servers", () => {
  test("shows a certificate, checks theirs by name, and notices a server without power", () => {
    const text = renderInnerTransport("application.internal", "0123");
    const { http } = parse(text) as { http: { serversTransports: Record<string, object> } };
    expect(http.serversTransports["inner"]).toEqual({
      serverName: "application.internal",
      rootCAs: ["/etc/traefik/inner-ca.pem"],
      certificates: [{ certFile: "/etc/traefik/inner.crt", keyFile: "/etc/traefik/secrets/inner.key" }],
      minVersion: "VersionTLS13",
      maxVersion: "VersionTLS13",
      forwardingTimeouts: { dialTimeout: "2s", readIdleTimeout: "1s", pingTimeout: "2s" },
    });
  });

  test("is another file for another certificate, which Traefik does not watch", () => {
    expect(renderInnerTransport("a", "one")).not.toBe(renderInnerTransport("a", "two"));
  });
});

test("a container without the adapter is asked as a visitor is passed on, and by its own status", () => {
  const backends = [
    { url: "http://web-1:8000", weight: 1 },
    { url: "http://web-2:8000", weight: 1 },
  ];
  const health = { path: "/up", status: 404, forwarded: true };
  expect(renderRoute({ ...ROUTE, backends, health })).toMatch(
    /path: \/up\n\s+hostname: www\.example\.org\n\s+headers:\n\s+X-Forwarded-Proto: https\n\s+status: 404\n/,
  );
});
