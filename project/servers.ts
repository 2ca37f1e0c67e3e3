import { UserError } from "../lib/errors";
import { Project } from "./inspect";

/** The port that the images made here listen on; the default of `app.port`. */
export const PORT = 8000;

/** How an image starts its server. */
export interface Server {
  readonly name: string;
  /** Words of the command. */
  readonly command: readonly string[];
  /** Requirements that the project lacks for it. */
  readonly missing: readonly string[];
}

const HOST = "0.0.0.0";

const GUNICORN = (application: string): string[] => [
  ...["gunicorn", application, "--bind", `${HOST}:${PORT}`],
  // Its heartbeat is a file, which must not wait for a disk (docs.gunicorn.org, FAQ).
  ...["--worker-tmp-dir", "/dev/shm"],
];

// The access log has query strings; requests are logged elsewhere.
const UVICORN = (application: string): string[] => [
  "uvicorn",
  application,
  "--host",
  HOST,
  "--port",
  String(PORT),
  "--no-access-log",
];

/** Servers by the package that brings them, the first that a project has counts. */
const WSGI: Readonly<Record<string, (application: string) => string[]>> = {
  gunicorn: GUNICORN,
  granian: (application) => ["granian", "--interface", "wsgi", "--host", HOST, "--port", String(PORT), application],
  waitress: (application) => ["waitress-serve", `--listen=${HOST}:${PORT}`, application],
  uwsgi: (application) => [
    "uwsgi",
    "--http-socket",
    `${HOST}:${PORT}`,
    "--module",
    application,
    "--master",
    "--die-on-term",
    "--need-app",
  ],
};

const ASGI: Readonly<Record<string, (application: string) => string[]>> = {
  uvicorn: UVICORN,
  daphne: (application) => ["daphne", "-b", HOST, "-p", String(PORT), application],
  hypercorn: (application) => ["hypercorn", "--bind", `${HOST}:${PORT}`, application],
  granian: (application) => ["granian", "--interface", "asgi", "--host", HOST, "--port", String(PORT), application],
};

/** Added where a project has no server. Series on PyPI in November 2026; Gunicorn 23 is the last for Python 3.9. websockets is pure Python where there is no wheel; uvicorn[standard] is not. */
const ADDED = { wsgi: ["gunicorn>=23,<28"], asgi: ["uvicorn>=0.30,<1", "websockets>=12,<17"] } as const;

/** The server of a project: by ASGI where it wants that, else by WSGI; its own where its requirements have one. */
export function serverOf({ directory, django, dependencies, asgiReason }: Project): Server {
  const kind = asgiReason === undefined ? "wsgi" : "asgi";
  const application = django?.[kind];
  if (application === undefined)
    throw new UserError(
      `app.context: ${directory} has neither a wsgi.py nor an asgi.py that its settings name: add one, or a Dockerfile`,
    );
  const servers = kind === "asgi" ? ASGI : WSGI;
  const packages = dependencies?.packages ?? {};
  const own = Object.keys(servers).find((name) => packages[name] !== undefined);
  const name = own ?? (kind === "asgi" ? "uvicorn" : "gunicorn");
  const command = servers[name] ?? GUNICORN;
  // uvicorn alone refuses WebSockets.
  const sockets =
    name === "uvicorn" && own !== undefined && packages.websockets === undefined && packages.wsproto === undefined;
  const missing = own === undefined ? ADDED[kind] : sockets ? ADDED.asgi.slice(1) : [];
  return { name, command: command(application), missing };
}
