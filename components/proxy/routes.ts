import { anyOf, TRAEFIK_PATHS, withCertificate, yaml } from "./traefik-config";
import { uploadLimit } from "./upload-limit";

/** A container that serves a site, or a server's proxy before several. */
export interface Backend {
  /** `http://name:port` or `https://address:port`. */
  readonly url: string;
  /** Containers behind it. */
  readonly weight: number;
}

/** A site and what serves it now. */
export interface Route {
  /** Name of the application, unique on the server. */
  readonly app: string;
  /** The first serves; the others send there. */
  readonly hosts: readonly string[];
  /** Names under which only the admin answers, on its own entry point. */
  readonly adminHosts: readonly string[];
  readonly backends: readonly Backend[];
  /** Where the application has its admin, such as `/admin/`. It is answered on the entry point `admin` only; on the public ones it does not exist. */
  readonly adminPath: string;
  /** Largest body of a request, of 2^20 bytes each. */
  readonly uploadMaxMb: number;
  /** Whether the proxy compresses answers that the application did not. */
  readonly compress: boolean;
}

/** Where an application tells by any name, and without TLS, whether it can serve. */
const HEALTH_PATH = "/health";

/** Seconds between two looks at a backend, and for its answer: a dead one is out of the rotation after their sum at most. */
const HEALTH = { interval: "5s", timeout: "3s" } as const;

/**
 * Seconds between two looks at a server that failed one. Less than the 5 s after which Docker first asks a new proxy, so that it has its share of the
 * requests again before the next server's is replaced.
 */
const AGAIN = "2s";

/** Seconds to reach a server; through a tunnel that works it takes far less than one. */
const DIAL = "2s";

/** A connection on which nothing arrives is asked after 1 s, and given up 2 s later: so a server without power costs its requests 3 s at most. */
const LIVENESS = { readIdleTimeout: "1s", pingTimeout: "2s" } as const;

/**
 * Largest body that is kept to be sent again. Traefik sets as much memory aside for each request whose method may be repeated, body or not, and without
 * this 2 MB.
 */
const REPEATABLE_BYTES = 65536;

/** For visitors who do not ask for gzip (see `retries`). */
const PLAIN = { headers: { customRequestHeaders: { "Accept-Encoding": "identity" } } } as const;

/** A router before its middlewares. */
interface Router {
  readonly entryPoints: readonly string[];
  readonly rule: string;
  readonly service?: string;
  readonly tls: object;
}

/** The switch of a deploy: what serves the site. No router here asks for a certificate: a deploy would then ask each time. */
export function renderRoute({ app, hosts, adminHosts, backends, adminPath, uploadMaxMb, compress }: Route): string {
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
    rule: `${anyOf(names)} && !${below(adminPath)}`,
    tls: {},
  });
  const middlewares = {
    ...(others.length === 0
      ? {}
      : {
          [`${app}-main`]: {
            redirectRegex: { regex: "^https?://[^/]+(.*)$", replacement: `https://${main}\${1}`, permanent: true },
          },
        }),
    ...onTheWay,
    ...plain,
    ...limit.middlewares,
  };
  return yaml("render/route.ts", {
    http: {
      routers: {
        ...toBackends(app, { ...publicly([main]), service: app }),
        ...(others.length === 0
          ? {}
          : { [`${app}-others`]: { ...publicly(others), middlewares: [`${app}-main`], service: "noop@internal" } }),
        ...toBackends(`${app}-admin`, { entryPoints: ["admin"], rule: everywhere, service: app, tls: {} }),
        ...limit.routers,
      },
      middlewares,
      services: { [app]: service(backends, main) },
    },
  });
}

/**
 * The rule of a router for a path with or without its last slash, and everything below. Traefik looks at paths in which what may mean something else
 * is still encoded: behind the path an encoded character counts as a slash, whatever an application would make of it.
 */
function below(path: string): string {
  return `PathRegexp(\`^${path.replace(/\/$/, "")}(?:[/%]|$)\`)`;
}

/** The same on a server behind the ingress, which has looked at names and paths already. */
export function renderInnerRoute({ app, hosts, backends }: Pick<Route, "app" | "hosts" | "backends">): string {
  return yaml("render/route.ts", {
    http: {
      routers: { [app]: { entryPoints: ["inner"], rule: "PathPrefix(`/`)", service: app, tls: {} } },
      services: { [app]: service(backends, hosts[0] ?? "") },
    },
  });
}

/** Name of the ingress's way to the other servers' proxies. */
const TRANSPORT = "inner";

/**
 * How the ingress speaks to the other servers' proxies: with a certificate of the internal authority on both sides.
 */
export function renderInnerTransport(serverName: string, certificateDigest: string): string {
  const file = yaml("render/route.ts", {
    http: {
      serversTransports: {
        [TRANSPORT]: {
          serverName,
          rootCAs: [TRAEFIK_PATHS.innerCa],
          certificates: [{ certFile: TRAEFIK_PATHS.innerCertificate, keyFile: TRAEFIK_PATHS.innerKey }],
          // Traefik 3.7 refuses a minimum without a maximum, and falls back to a transport without authority and certificate.
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
 * Once for each of the others, where the method may be repeated (RFC 9110, section 9.2.2) and a proxy answered an error, or nobody did. 500 is what Traefik
 * answers itself when a connection breaks with requests on it, as of a machine that lost its power: 4 % of the requests of 25 s were lost so in the lab.
 * The price: a page that fails everywhere is asked for everywhere.
 *
 * Nothing else is sent again. Of requests that it believes to have reached no backend Traefik would repeat any method; but over HTTP/2 an answer can be there
 * before it has noted that the request was sent, and a form was executed by two servers (7 of 1,000 on a busy lab, Traefik 3.7.12).
 *
 * An answer that is given up must have a known length: Traefik flushes the others at once, so that the visitor gets status 200 without any header, and the next
 * answer as its body (traefik/traefik#13874). Go's client asks for gzip where the visitor did not, and unpacks it itself; hence the routers for those.
 */
function retries(backends: readonly Backend[]): object {
  return {
    attempts: backends.length,
    status: ["500", "502-504"],
    disableRetryOnNetworkError: true,
    initialInterval: "50ms",
    maxRequestBodyBytes: REPEATABLE_BYTES,
  };
}

function service(backends: readonly Backend[], hostname: string): object {
  const several = backends.length > 1;
  const elsewhere = backends.some(({ url }) => url.startsWith("https:"));
  const again = elsewhere ? { unhealthyInterval: AGAIN } : {};
  const ordered = [...backends].sort((one, other) => (one.url < other.url ? -1 : 1));
  return {
    loadBalancer: {
      servers: ordered.map(({ url, weight }) => (several ? { url, weight } : { url })),
      passHostHeader: true,
      ...(elsewhere ? { serversTransport: TRANSPORT } : {}),
      ...(several ? { healthCheck: { path: HEALTH_PATH, hostname, ...HEALTH, ...again } } : {}),
    },
  };
}
