import { Dependencies } from "./dependencies";

/** What a package of PyPI needs of Debian: to be compiled, and to run. */
interface Needs {
  readonly build: readonly string[];
  readonly run: readonly string[];
}

const COMPILER = ["gcc", "libc6-dev"];

/** Packages that have no wheels at all, or load a library of the system, by their names; from their own install pages. */
const NEEDS: Readonly<Record<string, Needs>> = {
  psycopg2: { build: [...COMPILER, "libpq-dev"], run: ["libpq5"] },
  "psycopg[c]": { build: [...COMPILER, "libpq-dev"], run: ["libpq5"] },
  mysqlclient: { build: [...COMPILER, "default-libmysqlclient-dev", "pkg-config"], run: ["libmariadb3"] },
  uwsgi: { build: COMPILER, run: [] },
  "python-magic": { build: [], run: ["libmagic1"] },
  weasyprint: { build: [], run: ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"] },
};

/** The packages of Debian that a project's packages need. */
export function systemNeeds(dependencies: Dependencies | undefined): Needs {
  if (dependencies === undefined) return { build: [], run: [] };
  const { packages, extras, git } = dependencies;
  const named = Object.entries(NEEDS).filter(([name]) => packages[name] !== undefined || extras.has(name));
  // Without one of its halves psycopg loads the system's library.
  const plain =
    packages.psycopg !== undefined && packages["psycopg-binary"] === undefined && !extras.has("psycopg[binary]");
  const needs = [...named.map(([, one]) => one), ...(plain ? [{ build: [], run: ["libpq5"] }] : [])];
  return {
    build: [...new Set([...needs.flatMap(({ build }) => build), ...(git ? ["git"] : [])])],
    run: [...new Set(needs.flatMap(({ run }) => run))],
  };
}
