import { sha256 } from "../../lib/sha256";
import { answer, HttpParts, PRIORITY } from "./upload-limit";

/** Path of a route's mark; behind it comes a digest of the route. */
const MARK = "/.homeport/route/";

/** Characters of the digest: it tells a site's routes apart, and nobody has to guess it. */
const LENGTH = 12;

/**
 * The parts of a route with a mark: a path that the proxy itself answers with 200. Traefik keeps the route of before where it cannot read a file, and says so in its
 * log only: the mark shows that it has taken this one.
 */
export function withMark<T extends HttpParts>(app: string, names: string, parts: T): T & HttpParts {
  const name = `${app}-mark`;
  const digest = sha256(JSON.stringify(parts)).slice(0, LENGTH);
  return {
    ...parts,
    routers: {
      ...parts.routers,
      [name]: {
        entryPoints: ["websecure"],
        rule: `${names} && Path(\`${MARK}${digest}\`)`,
        priority: PRIORITY,
        middlewares: [name],
        service: "noop@internal",
        tls: {},
      },
    },
    middlewares: { ...parts.middlewares, [name]: answer(200) },
  };
}

/** The path of the mark in a rendered route. */
export function markOf(route: string): string {
  const [path] = new RegExp(`${MARK}[0-9a-f]{${LENGTH}}`).exec(route) ?? [];
  if (path === undefined) throw new Error("a route without a mark");
  return path;
}
