import { quote } from "../lib/quote";
import { Dependencies } from "./dependencies";
import { joined } from "./folder";
import { Project } from "./inspect";
import { aptInstall, copies, onArm32, run, TARGET } from "./instructions";
import { djangoVersion } from "./python-version";
import { serverOf } from "./servers";
import { systemNeeds } from "./system-packages";

/** What is installed to read a lock file, in a stage that is thrown away. Series on PyPI in November 2026; each also reads the lock files of earlier ones. */
const TOOLS = {
  uv: ["uv>=0.8,<1"],
  poetry: ["poetry>=2,<3", "poetry-plugin-export>=1.9,<2"],
  // `locked`: with what its authors tried; a newer dependency broke it.
  pdm: ["pdm[locked]>=2.20,<3"],
  pipenv: ["pipenv>=2024"],
} as const;

type Exported = Dependencies & { readonly kind: keyof typeof TOOLS };

/** Whether the packages are known to a tool alone. */
export function isExported(dependencies: Dependencies): dependencies is Exported {
  return dependencies.kind in TOOLS;
}

const QUIET = "--disable-pip-version-check --root-user-action=ignore";

/** Writes down the packages of a lock file as pip reads them. */
export function lockStage({ kind, wholeProject, git, folder, lock, files }: Exported): string[] {
  // pip asks for the hashes of all packages or of none; a folder and a repository have none.
  const hashes = !wholeProject && !git;
  const out = "/requirements.txt";
  const first = lock === undefined && kind !== "uv" && kind !== "pdm" ? [`${kind} lock`] : [];
  const exported = {
    uv: `uv export --frozen --no-dev --no-emit-project --no-python-downloads --quiet${hashes ? "" : " --no-hashes"} --output-file ${out}`,
    poetry: `poetry export --only main${hashes ? "" : " --without-hashes"} --output ${out}`,
    pdm: `pdm export --prod${hashes ? "" : " --without-hashes"} --output ${out}`,
    pipenv: `pipenv requirements > ${out}`,
  }[kind];
  return [
    "FROM --platform=$LOCK_PLATFORM $PYTHON_IMAGE AS lock",
    run(
      [`python3 -m pip install --no-cache-dir ${QUIET} ${TOOLS[kind].map(quote).join(" ")}`],
      `${kind} cannot be installed here: set images.python to another image, or add a Dockerfile`,
    ),
    ...(wholeProject ? ["COPY . /app"] : copies(files)),
    `WORKDIR /${joined("app", folder)}`,
    run(
      [...first, exported],
      `${kind} cannot read what the project needs, see above: run '${kind} lock' in the project, or add a Dockerfile. Where a version of Python is missing, set images.python to an image that has it`,
    ),
  ];
}

/** Keeps downloads, and what had to be compiled, for the next build. */
const CACHE = "--mount=type=cache,target=/root/.cache/pip ";

const PIP = `python3 -m pip --python /opt/venv install ${QUIET}`;

const REMEDY =
  "a package cannot be installed, see above. Where it had to be compiled (no ready-made wheel for this processor, as often on linux/arm/v7), set images.python to an image with compilers, or add a Dockerfile to the project that installs what it needs";

/** Installs the packages into a virtual environment, /opt/venv, without pip. */
export function packagesStage(project: Project, dependencies: Dependencies, postgres: boolean): string[] {
  const { kind, folder, file, files, wholeProject, listed } = dependencies;
  const exported = isExported(dependencies);
  const wanted = exported
    ? "-r /requirements.txt"
    : kind === "pyproject"
      ? listed.map(quote).join(" ")
      : `-r ${quote(file)}`;
  const { build } = systemNeeds(dependencies);
  const { missing } = serverOf(project);
  return [
    "FROM $PYTHON_IMAGE AS packages",
    ...TARGET,
    ...(build.length === 0
      ? []
      : [
          run(
            [aptInstall(build)],
            `Debian's packages ${build.join(", ")} cannot be installed: set images.python to an image that has them`,
          ),
        ]),
    ...(wholeProject ? ["COPY . /app"] : exported || kind === "pyproject" ? [] : copies(files)),
    ...(exported ? ["COPY --from=lock /requirements.txt /requirements.txt"] : []),
    `WORKDIR /${joined("app", folder)}`,
    run(
      [
        "python3 -m venv --without-pip /opt/venv",
        `prefer=$(${onArm32("echo --prefer-binary", "true")})`,
        `${PIP} $prefer ${wanted}`,
      ],
      REMEDY,
      CACHE,
    ),
    ...(missing.length === 0
      ? []
      : [
          "# The server, which the project does not name.",
          run([`${PIP} ${missing.map(quote).join(" ")}`], REMEDY, CACHE),
        ]),
    ...(postgres && addsDriver(dependencies) ? [driver(dependencies)] : []),
    ...(project.sourceFolder === undefined ? [] : [sourcePath(project.sourceFolder)]),
  ];
}

/** Drivers of PostgreSQL that Django uses. */
const DRIVERS = ["psycopg", "psycopg2", "psycopg2-binary"];

/** Whether the project has no driver of PostgreSQL. */
export function addsDriver({ packages }: Dependencies): boolean {
  return DRIVERS.every((name) => packages[name] === undefined);
}

/** Django's release notes: psycopg 3 from 4.2 on. */
function driver(dependencies: Dependencies): string {
  const django = djangoVersion(dependencies);
  const old = django !== undefined && /^([123]\.|4\.[01])/.test(django);
  const chosen = old
    ? "driver='psycopg2-binary>=2.9,<3'"
    : onArm32("driver='psycopg>=3.2,<4'", "driver='psycopg[binary]>=3.2,<4'");
  return `# The database's driver, which the project does not name.\n${run([chosen, `${PIP} "$driver"`], REMEDY, CACHE)}`;
}

// Python looks in the folder of manage.py alone.
function sourcePath(folder: string): string {
  const write = `import pathlib, site; pathlib.Path(site.getsitepackages()[0], "project.pth").write_text("/app/${folder}")`;
  return `RUN /opt/venv/bin/python -c ${quote(write)}`;
}
