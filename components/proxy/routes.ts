import { anyOf, TRAEFIK_PATHS, withCertificate, yaml } from "./traefik-config";
import { withMark } from "./route-mark";
import { slowBodies } from "./slow-bodies";
import { uploadLimit } from "./upload-limit";

/** A container that serves a site, or a server's proxy in front of several. */
export interface Backend {
  /** `http://name:port` or `https://address:port`. */
  readonly url: string;
  /** Containers behind it. */
  readonly weight: number;
}

/** A site and its current backends. */
export interface Route {
  /** Name of the application, unique on the server. */
  readonly app: string;
  /** The first serves; the others redirect to it. */
  readonly hosts: readonly string[];
  /** Names on which only the admin answers, on its own entry point. */
  readonly adminHosts: readonly string[];
  readonly backends: readonly Backend[];
  /** Paths of the application's admin, such as `/admin/`. Served on the entry point `admin` only; hidden on the public ones. */
  readonly adminPath: readonly string[];
  readonly health: HealthCheck;
  /** Largest body of a request, of 2^20 bytes each. */
  readonly uploadMaxMb: number;
  /** How long, and for which names, browsers insist on HTTPS. */
  readonly hsts: { readonly seconds: number; readonly includeSubdomains: boolean; readonly preload: boolean };
  /** Whether another proxy stands in front and names the visitor's address. */
  readonly proxied: boolean;
  /** Whether the proxy compresses responses that the application did not. */
  readonly compress: boolean;
}

/** What a container is asked again and again, and the status of a good answer. */
export interface HealthCheck {
  readonly path: string;
  readonly status: number;
  /** Whether it is asked as a visitor is passed on, by https. */
  readonly forwarded: boolean;
}

/** Interval and timeout of health checks: a dead backend leaves the rotation after their sum at most. */
const HEALTH = { interval: "5s", timeout: "3s" } as const;

/**
 * Interval of health checks for an unhealthy server. Less than the 5 s after which Docker first checks a new proxy, so that it gets its share of requests
 * again before the next server's proxy is replaced.
 */
const AGAIN = "2s";

/** Time to connect to a server; a working tunnel needs far less than a second. */
const DIAL = "2s";

/** HTTP/2 pings a silent connection after 1 s and closes it 2 s later: a server without power delays its requests by 3 s at most. HTTP/1.1 would hang until TCP gives up. */
const LIVENESS = { readIdleTimeout: "1s", pingTimeout: "2s" } as const;

/**
 * Largest body that can be resent. Traefik reserves this much memory for each request whose method may be retried, body or not; its default is 2 MB.
 */
const REPEATABLE_BYTES = 65536;

/** For visitors who do not accept gzip (see `retries`). */
const PLAIN = { headers: { customRequestHeaders: { "Accept-Encoding": "identity" } } } as const;

/** A router before its middlewares. */
interface Router {
  readonly entryPoints: readonly string[];
  readonly rule: string;
  readonly service?: string;
  readonly tls: object;
}

/** The switch of a deploy: the site's backends. No router here names a certificate resolver, or every deploy would request a certificate. */
export function renderRoute({
  app,
  hosts,
  adminHosts,
  backends,
  adminPath,
  health,
  uploadMaxMb,
  hsts,
  proxied,
  compress,
}: Route): string {
  const [main = "", ...others] = hosts;
  const everywhere = anyOf([...hosts, ...adminHosts]);
  const limit = uploadLimit({
    app,
    entryPoints: ["websecure", "admin"],
    names: everywhere,
    megabytes: uploadMaxMb,
  });
  const several = backends.length > 1;
  const onTheWay = {
    ...(compress ? { [`${app}-compress`]: { compress: {} } } : {}),
    ...(several ? { [`${app}-retry`]: { retry: retries(backends) } } : {}),
  };
  const through = Object.keys(onTheWay).length === 0 ? {} : { middlewares: Object.keys(onTheWay) };
  const plain = several ? { [`${app}-plain`]: PLAIN } : {};
  const toBackends = (name: string, router: Router): Readonly<Record<string, object>> => {
    const routers = { [name]: { ...router, ...through } };
    if (!several) return routers;
    const rule = `(${router.rule}) && !HeaderRegexp(\`Accept-Encoding\`, \`.\`)`;
    const middlewares = Object.keys({ ...plain, ...onTheWay });
    return { ...routers, [`${name}-plain`]: { ...router, rule, middlewares } };
  };
  const publicly = (names: readonly string[]): Router => ({
    entryPoints: ["websecure"],
    rule: [anyOf(names), `!${MANIFEST}`, ...adminPath.map((path) => `!${below(path)}`)].join(" && "),
    tls: {},
  });
  const bodies = slowBodies(
    app,
    app,
    { ...publicly([main]), service: app },
    { next: Object.keys(onTheWay), forwarded: proxied },
  );
  const insisting = insist(`${app}-hsts`, hsts);
  const middlewares = {
    [`${app}-https`]: { redirectScheme: { scheme: "https", port: "443", permanent: true } },
    ...(others.length === 0
      ? {}
      : {
          [`${app}-main`]: {
            redirectRegex: { regex: "^https?://[^/]+(.*)$", replacement: `https://${main}\${1}`, permanent: true },
          },
          ...insisting,
        }),
    ...onTheWay,
    ...plain,
    ...bodies.middlewares,
    ...limit.middlewares,
  };
  const parts = {
    routers: {
      ...toBackends(app, { ...publicly([main]), service: app }),
      ...bodies.routers,
      ...(others.length === 0
        ? {}
        : {
            [`${app}-others`]: {
              ...publicly(others),
              middlewares: [...Object.keys(insisting), `${app}-main`],
              service: "noop@internal",
            },
          }),
      ...toBackends(`${app}-admin`, { entryPoints: ["admin"], rule: everywhere, service: app, tls: {} }),
      // Names of the site alone: for any other, port 80 has no answer.
      [`${app}-http`]: {
        entryPoints: ["web"],
        rule: anyOf(hosts),
        middlewares: [`${app}-https`],
        service: "noop@internal",
      },
      ...limit.routers,
    },
    middlewares,
    services: { [app]: service(backends, main, health) },
  };
  return yaml("render/route.ts", { http: withMark(app, anyOf([main]), parts) });
}

/** The list of all static files, which `collectstatic` leaves among them. */
const MANIFEST = "PathRegexp(`/staticfiles\\.json$`)";

/** The application's own answers have the header; the proxy's redirects need one of their own. */
function insist(
  name: string,
  { seconds, includeSubdomains, preload }: Route["hsts"],
): Readonly<Record<string, object>> {
  if (seconds === 0) return {};
  return { [name]: { headers: { stsSeconds: seconds, stsIncludeSubdomains: includeSubdomains, stsPreload: preload } } };
}

/**
 * A router's rule for a path, with or without its last slash, and everything below. Traefik matches paths that are still partly encoded: an encoded
 * character after the path counts as a slash, whatever an application makes of it. `PathPrefix` knows no such border, and would match `/administration` as well.
 */
function below(path: string): string {
  // `/en%2Fadmin/` is /en/admin/ for an application, where the settings allow encoded slashes.
  const inner = path.replace(/\/$/, "").replaceAll(/(?<!^)\//g, "(?:/|%2[Ff])");
  return `PathRegexp(\`^${inner}(?:[/%]|$)\`)`;
}

/** Likewise, on a server behind the ingress, which has matched names and paths already. */
export function renderInnerRoute({
  app,
  hosts,
  backends,
  health,
}: Pick<Route, "app" | "hosts" | "backends" | "health">): string {
  return yaml("render/route.ts", {
    http: {
      routers: { [app]: { entryPoints: ["inner"], rule: "PathPrefix(`/`)", service: app, tls: {} } },
      services: { [app]: service(backends, hosts[0] ?? "", health) },
    },
  });
}

/** Name of the ingress's transport to the other servers' proxies. */
const TRANSPORT = "inner";

/** The ingress's transport to the other servers' proxies: certificates of the internal authority on both sides. */
export function renderInnerTransport(serverName: string, certificateDigest: string): string {
  const file = yaml("render/route.ts", {
    http: {
      serversTransports: {
        [TRANSPORT]: {
          serverName,
          rootCAs: [TRAEFIK_PATHS.innerCa],
          certificates: [{ certFile: TRAEFIK_PATHS.innerCertificate, keyFile: TRAEFIK_PATHS.innerKey }],
          // Traefik 3.7 rejects a minimum without a maximum, and falls back to a transport without authority and certificate.
          minVersion: "VersionTLS13",
          maxVersion: "VersionTLS13",
          forwardingTimeouts: { dialTimeout: DIAL, ...LIVENESS },
        },
      },
    },
  });
  return withCertificate(file, certificateDigest);
}

/**
 * Concurrent requests share one round robin, so a retry can meet the dead server again. With one attempt per backend 1 of 27 requests to three servers fails
 * until the dead one is out of the rotation (11 of 900 in the lab, where at most 9 are allowed); with two it is 1 of 729.
 */
const ATTEMPTS_PER_BACKEND = 2;

/**
 * Retries at another backend if the method is idempotent (RFC 9110, section 9.2.2) and a proxy answered an error, or nothing did. 500 is Traefik's own
 * answer when a connection breaks with requests on it, as when a machine loses power: without it, 4 % of the requests of 25 s were lost in the lab.
 * The price: a page that fails everywhere is requested everywhere, twice.
 *
 * Nothing else is retried. Traefik would retry any method if it believes that no backend got the request; but over HTTP/2 an answer can arrive before it has
 * recorded the request as sent (`WroteHeaders`), and two servers executed one form (7 of 1,000 on a busy lab, Traefik 3.7.12).
 *
 * A discarded answer must have a known length: Traefik flushes others at once, so that the visitor gets status 200 without any header, and the next answer as
 * its body (traefik/traefik#13874). Go's client requests gzip where the visitor did not, and unpacks it, which makes the length unknown; hence the `plain`
 * routers for those visitors. Not covered: a 5xx that the application streams without a length.
 */
function retries(backends: readonly Backend[]): object {
  return {
    attempts: ATTEMPTS_PER_BACKEND * backends.length,
    status: ["500", "502-504"],
    disableRetryOnNetworkError: true,
    initialInterval: "50ms",
    maxRequestBodyBytes: REPEATABLE_BYTES,
  };
}

function service(backends: readonly Backend[], hostname: string, { path, status, forwarded }: HealthCheck): object {
  const asked = forwarded ? { headers: { "X-Forwarded-Proto": "https" } } : {};
  const several = backends.length > 1;
  const elsewhere = backends.some(({ url }) => url.startsWith("https:"));
  // Traefik takes any status below 400 for good; a site may have none there.
  const good = status < 400 ? {} : { status };
  const again = elsewhere ? { unhealthyInterval: AGAIN } : {};
  const ordered = [...backends].sort((one, other) => (one.url < other.url ? -1 : 1));
  return {
    loadBalancer: {
      servers: ordered.map(({ url, weight }) => (several ? { url, weight } : { url })),
      passHostHeader: true,
      ...(elsewhere ? { serversTransport: TRANSPORT } : {}),
      ...(several ? { healthCheck: { path, hostname, ...asked, ...good, ...HEALTH, ...again } } : {}),
    },
  };
}
