import { execFileSync } from "node:child_process";

import { buildFiles, inspectProject, projectPython } from "../../../project";
import { temporaryDirectory } from "../../support/directory";
import { entry, managePy, project, SETTINGS, startProject } from "./sample-projects";

const root = temporaryDirectory();

const build = (directory: string, postgres = false) => buildFiles(inspectProject(directory), { postgres });

/** What a RUN's shell is given, continuation lines joined. */
function runs(dockerfile: string): string[] {
  return dockerfile
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => /^RUN (?:--\S+ )*(.*)$/.exec(line)?.[1] ?? []);
}

const LOCKED = { "pyproject.toml": '[project]\nname = "x"\n' };
const ASGI = { "mysite/settings.py": `${SETTINGS}INSTALLED_APPS += ["channels"]\n` };
const WHITENOISE = `${SETTINGS}MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]\nSTATIC_ROOT = BASE_DIR / "staticfiles"\n`;

test("startproject's image", () => {
  expect(build(startProject(root)).dockerfile).toMatchInlineSnapshot(`
   "# Written by Homeport for a project without a Dockerfile: changes here are lost. To change it, copy it into the project.
   ARG PYTHON_IMAGE=python:3-slim

   FROM $PYTHON_IMAGE AS packages
   ARG TARGETARCH
   ARG TARGETVARIANT
   COPY ["requirements.txt","/app/"]
   WORKDIR /app
   RUN --mount=type=cache,target=/root/.cache/pip python3 -m venv --without-pip /opt/venv \\
       && prefer=$(case "$TARGETARCH$TARGETVARIANT" in (armv7) echo --prefer-binary ;; (*) true ;; esac) \\
       && python3 -m pip --python /opt/venv install --disable-pip-version-check --root-user-action=ignore $prefer -r requirements.txt \\
       || { echo 'homeport: a package cannot be installed, see above. Where it had to be compiled (no ready-made wheel for this processor, as often on linux/arm/v7), set images.python to an image with compilers, or add a Dockerfile to the project that installs what it needs' >&2; exit 1; }
   # The server, which the project does not name.
   RUN --mount=type=cache,target=/root/.cache/pip python3 -m pip --python /opt/venv install --disable-pip-version-check --root-user-action=ignore 'gunicorn>=23,<28' \\
       || { echo 'homeport: a package cannot be installed, see above. Where it had to be compiled (no ready-made wheel for this processor, as often on linux/arm/v7), set images.python to an image with compilers, or add a Dockerfile to the project that installs what it needs' >&2; exit 1; }

   FROM $PYTHON_IMAGE
   ENV PATH=/opt/venv/bin:$PATH \\
       VIRTUAL_ENV=/opt/venv \\
       PYTHONUNBUFFERED=1 \\
       PYTHONDONTWRITEBYTECODE=1 \\
       HOME=/tmp \\
       WEB_CONCURRENCY=3 \\
       GUNICORN_CMD_ARGS="--threads 4"
   # A new volume takes over the owner of what the image has at its place.
   RUN install -d -o 10001 -g 10001 /app /data
   WORKDIR /app
   COPY --from=packages /opt/venv /opt/venv
   COPY --chown=10001:10001 . /app
   # A read-only container cannot keep what it compiles. What cannot be compiled here is no code of the site.
   RUN python -m compileall -qq --invalidation-mode unchecked-hash /app || true
   USER 10001:10001
   EXPOSE 8000
   CMD ["gunicorn","mysite.wsgi:application","--bind","0.0.0.0:8000","--worker-tmp-dir","/dev/shm"]
   "
  `);
});

test("an image with everything: packages of a lock file, a front end, a driver, WhiteNoise, settings of the server", () => {
  const directory = startProject(root, {
    ...LOCKED,
    "uv.lock": '[[package]]\nname = "django"\nversion = "5.2.1"\n[[package]]\nname = "gunicorn"\nversion = "23.0.0"\n',
    "package.json": '{"scripts": {"build": "vite build"}}',
    "package-lock.json": "{}",
    "mysite/wsgi.py": entry("wsgi", "mysite.production"),
    "mysite/production.py": `from .settings import *\nimport os\nX = os.environ["API_PORT"]\n${WHITENOISE}`,
  });
  expect(build(directory, true).dockerfile).toMatchInlineSnapshot(`
   "# Written by Homeport for a project without a Dockerfile: changes here are lost. To change it, copy it into the project.
   ARG PYTHON_IMAGE=python:3-slim
   # Where the lock file is read: it says the same on every processor.
   ARG LOCK_PLATFORM=$BUILDPLATFORM
   ARG NODE_IMAGE=node:22-slim

   FROM --platform=$LOCK_PLATFORM $PYTHON_IMAGE AS lock
   RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore 'uv>=0.8,<1' \\
       || { echo 'homeport: uv cannot be installed here: set images.python to another image, or add a Dockerfile' >&2; exit 1; }
   COPY ["pyproject.toml","uv.lock","/app/"]
   WORKDIR /app
   RUN uv export --frozen --no-dev --no-emit-project --no-python-downloads --quiet --output-file /requirements.txt \\
       || { echo 'homeport: uv cannot read what the project needs, see above: run '\\''uv lock'\\'' in the project, or add a Dockerfile. Where a version of Python is missing, set images.python to an image that has it' >&2; exit 1; }

   FROM $PYTHON_IMAGE AS packages
   ARG TARGETARCH
   ARG TARGETVARIANT
   COPY --from=lock /requirements.txt /requirements.txt
   WORKDIR /app
   RUN --mount=type=cache,target=/root/.cache/pip python3 -m venv --without-pip /opt/venv \\
       && prefer=$(case "$TARGETARCH$TARGETVARIANT" in (armv7) echo --prefer-binary ;; (*) true ;; esac) \\
       && python3 -m pip --python /opt/venv install --disable-pip-version-check --root-user-action=ignore $prefer -r /requirements.txt \\
       || { echo 'homeport: a package cannot be installed, see above. Where it had to be compiled (no ready-made wheel for this processor, as often on linux/arm/v7), set images.python to an image with compilers, or add a Dockerfile to the project that installs what it needs' >&2; exit 1; }
   # The database's driver, which the project does not name.
   RUN --mount=type=cache,target=/root/.cache/pip case "$TARGETARCH$TARGETVARIANT" in (armv7) driver='psycopg>=3.2,<4' ;; (*) driver='psycopg[binary]>=3.2,<4' ;; esac \\
       && python3 -m pip --python /opt/venv install --disable-pip-version-check --root-user-action=ignore "$driver" \\
       || { echo 'homeport: a package cannot be installed, see above. Where it had to be compiled (no ready-made wheel for this processor, as often on linux/arm/v7), set images.python to an image with compilers, or add a Dockerfile to the project that installs what it needs' >&2; exit 1; }

   FROM --platform=$BUILDPLATFORM $NODE_IMAGE AS front-end
   ENV COREPACK_ENABLE_DOWNLOAD_PROMPT=0
   WORKDIR /app
   COPY ["package.json","package-lock.json","/app/"]
   RUN npm ci --no-audit --no-fund \\
       || { echo 'homeport: the packages of package.json cannot be installed, see above; where its version of Node.js is wrong, name one in .nvmrc' >&2; exit 1; }
   COPY . /app
   RUN npm run build \\
       && rm -rf node_modules \\
       || { echo 'homeport: '\\''npm run build'\\'' failed in the project, see above' >&2; exit 1; }

   FROM $PYTHON_IMAGE
   ARG TARGETARCH
   ARG TARGETVARIANT
   RUN case "$TARGETARCH$TARGETVARIANT" in (armv7) { python3 -c "import ctypes; ctypes.CDLL('libpq.so.5')" 2>/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*; }; } ;; (*) true ;; esac \\
       || { echo 'homeport: Debian'\\''s packages cannot be installed: set images.python to an image that has libpq5' >&2; exit 1; }
   ENV PATH=/opt/venv/bin:$PATH \\
       VIRTUAL_ENV=/opt/venv \\
       PYTHONUNBUFFERED=1 \\
       PYTHONDONTWRITEBYTECODE=1 \\
       HOME=/tmp \\
       DJANGO_SETTINGS_MODULE=mysite.production \\
       WEB_CONCURRENCY=3 \\
       GUNICORN_CMD_ARGS="--threads 4"
   # A new volume takes over the owner of what the image has at its place.
   RUN install -d -o 10001 -g 10001 /app /data
   WORKDIR /app
   COPY --from=packages /opt/venv /opt/venv
   COPY --from=front-end --chown=10001:10001 /app /app
   # A read-only container cannot keep what it compiles. What cannot be compiled here is no code of the site.
   RUN python -m compileall -qq --invalidation-mode unchecked-hash /app || true
   # WhiteNoise serves what is collected. The values are for this command and are not kept.
   RUN SECRET_KEY=only-for-this-command-and-kept-nowhere-0123456789-abcdefghijklmnopqrstuvwxyz DJANGO_SECRET_KEY=only-for-this-command-and-kept-nowhere-0123456789-abcdefghijklmnopqrstuvwxyz API_PORT=1 python manage.py collectstatic --noinput \\
       || echo 'homeport: the static files could not be collected, see above; pages may lack their styles. Add a Dockerfile to the project that does it, or let the settings do without what they miss here' >&2
   USER 10001:10001
   EXPOSE 8000
   CMD ["gunicorn","mysite.wsgi:application","--bind","0.0.0.0:8000","--worker-tmp-dir","/dev/shm"]
   "
  `);
});

describe("the server", () => {
  const command = (files: Readonly<Record<string, string>>): unknown => {
    const { dockerfile } = build(startProject(root, files));
    return [
      JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? "null"),
      /'(gunicorn|uvicorn)[^']*'( '[^']*')?/.exec(dockerfile)?.[0],
    ];
  };
  const bind = ["--bind", "0.0.0.0:8000"];

  test.each([
    [
      "Gunicorn is added",
      {},
      ["gunicorn", "mysite.wsgi:application", ...bind, "--worker-tmp-dir", "/dev/shm"],
      "'gunicorn>=23,<28'",
    ],
    [
      "the project's own Gunicorn",
      { "requirements.txt": "django\nGunicorn==23.0.0\n" },
      ["gunicorn", "mysite.wsgi:application", ...bind, "--worker-tmp-dir", "/dev/shm"],
      undefined,
    ],
    [
      "waitress",
      { "requirements.txt": "django\nwaitress\n" },
      ["waitress-serve", "--listen=0.0.0.0:8000", "mysite.wsgi:application"],
      undefined,
    ],
    [
      "uvicorn is added for ASGI",
      ASGI,
      ["uvicorn", "mysite.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"],
      "'uvicorn>=0.30,<1' 'websockets>=12,<17'",
    ],
    [
      "Daphne",
      { ...ASGI, "requirements.txt": "django\nchannels\ndaphne\n" },
      ["daphne", "-b", "0.0.0.0", "-p", "8000", "mysite.asgi:application"],
      undefined,
    ],
    [
      "Gunicorn beside uvicorn for ASGI",
      { ...ASGI, "requirements.txt": "django\ngunicorn\nuvicorn[standard]\nwebsockets\n" },
      ["uvicorn", "mysite.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"],
      undefined,
    ],
  ])("%s", (_, files, words, added) => {
    expect(command(files)).toEqual([words, added]);
  });
});

describe("packages", () => {
  const text = (files: Readonly<Record<string, string>>, postgres = false): string =>
    build(startProject(root, files), postgres).dockerfile;

  test.each([
    ["uv", { ...LOCKED, "uv.lock": "" }, "uv export --frozen --no-dev"],
    ["Poetry", { ...LOCKED, "poetry.lock": "" }, "poetry export --only main"],
    ["PDM", { ...LOCKED, "pdm.lock": "" }, "pdm export --prod"],
    ["Pipenv", { Pipfile: "[packages]\n", "Pipfile.lock": "{}" }, "pipenv requirements"],
  ])("%s: exported where the building machine runs, installed by pip", (_, files, expected) => {
    expect(text(files)).toContain(`RUN ${expected}`);
    expect(text(files)).toContain("FROM --platform=$LOCK_PLATFORM $PYTHON_IMAGE AS lock");
    expect(text(files)).toContain("-r /requirements.txt");
  });

  test("pyproject.toml alone: what it lists, quoted", () => {
    const found = text({
      "requirements.txt": "",
      "pyproject.toml": `[project]\ndependencies = ["django>=5", "x; python_version < '4'"]\n`,
    });
    expect(found).toContain("requirements.txt");
    const { dockerfile } = build(
      project(root, {
        "manage.py": managePy("a.b"),
        "a/wsgi.py": entry("wsgi", "a.b"),
        "pyproject.toml": `[project]\ndependencies = ["django>=5", "x; python_version < '4'"]\n`,
      }),
    );
    expect(dockerfile).toContain(String.raw`$prefer 'django>=5' 'x; python_version < '\''4'\'''`);
  });

  test("requirements that include others are copied with them, before the code", () => {
    const found = text({ "requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "django\n" });
    expect(found).toContain('COPY ["requirements.txt","/app/"]\nCOPY ["requirements/base.txt","/app/requirements/"]\n');
    expect(found.indexOf("COPY [")).toBeLessThan(found.indexOf("COPY --chown"));
  });

  test("a folder of the project among them: all of the project is copied, and no hashes are asked for", () => {
    const found = text({ ...LOCKED, "uv.lock": '[[package]]\nname = "lib"\nsource = { editable = "lib" }\n' });
    expect(found).toContain("--no-hashes");
    expect(found.split("AS packages")[1]).toMatch(/COPY \. \/app[^]*-r \/requirements\.txt/);
  });

  test.each([
    ["no driver", "django==5.2\n", true, /psycopg\[binary\]>=3\.2,<4/],
    ["an old Django", "django==4.1\n", true, /psycopg2-binary>=2\.9,<3/],
    ["its own driver", "django\npsycopg2-binary\n", true, undefined],
    ["SQLite", "django\n", false, undefined],
  ])("PostgreSQL and %s", (_, requirements, postgres, driver) => {
    const found = text({ "requirements.txt": requirements }, postgres);
    if (driver === undefined) expect(found).not.toMatch(/driver=/);
    else expect(found).toMatch(driver);
  });

  test("psycopg2 from source gets its compiler in the stage that is thrown away, and its library in the image", () => {
    const [before = "", final = ""] = text({ "requirements.txt": "django\npsycopg2==2.9.9\n" }).split(
      /\nFROM \$PYTHON_IMAGE\n/,
    );
    expect(before).toContain("install -y -qq --no-install-recommends gcc libc6-dev libpq-dev");
    expect(final).toContain("libpq5");
    expect(final).not.toContain("gcc");
  });
});

test.each([
  ["collected where WhiteNoise serves them", { "mysite/settings.py": WHITENOISE }, true],
  ["left where they are without it", { "mysite/settings.py": `${SETTINGS}STATIC_ROOT = "x"\n` }, false],
])("static files are %s", (_, files, collected) => {
  expect(build(startProject(root, files)).dockerfile.includes("collectstatic")).toBe(collected);
});

test("collected files keep one time only where their names change with their content", () => {
  const files = (storage: string) => ({
    "mysite/settings.py": `${WHITENOISE}STORAGE = "whitenoise.storage.${storage}"\n`,
  });
  expect(build(startProject(root, files("CompressedManifestStaticFilesStorage"))).dockerfile).toContain("touch -h -d");
  expect(build(startProject(root, files("CompressedStaticFilesStorage"))).dockerfile).not.toContain("touch -h -d");
});

test("code in src/ is found, and manage.py's folder is the working directory", () => {
  const inSource = build(startProject(root, { "src/blog/models.py": "" })).dockerfile;
  expect(inSource).toContain('write_text("/app/src")');
  const inFolder = build(
    project(root, {
      "backend/manage.py": managePy("a.b"),
      "backend/a/wsgi.py": entry("wsgi", "a.b"),
      "requirements.txt": "django\n",
    }),
  ).dockerfile;
  expect(inFolder).toContain("WORKDIR /app/backend\nCOPY --from=packages");
});

test("what is left out: the project's own rules first, then ours, uploads but no package called media", () => {
  const { dockerignore } = build(startProject(root, { ".dockerignore": "*.log\n", "media/a.jpg": "" }));
  expect(dockerignore).toMatch(/^# The project's own rules\.\n\*\.log\n# Homeport's\.\n\*\*\/\.git\n[^]*\nmedia\n$/);
  expect(build(startProject(root, { "media/__init__.py": "" })).dockerignore).not.toMatch(/^media$/m);
});

test.each([
  ["no manage.py", { "README.md": "" }, /has neither a Dockerfile nor a manage\.py/],
  [
    "no packages",
    { "manage.py": managePy("a.b") },
    /no requirements\.txt, pyproject\.toml or Pipfile to build an image from: write its packages down/,
  ],
  [
    "no wsgi.py",
    { "manage.py": managePy("a.b"), "requirements.txt": "django\n" },
    /has neither a wsgi\.py nor an asgi\.py/,
  ],
])("%s: refused with what to do", (_, files, message) => {
  expect(() => build(project(root, files))).toThrow(message);
});

test("every command is one that a shell can read", () => {
  const directory = startProject(root, {
    ...LOCKED,
    "poetry.lock": '[[package]]\nname = "psycopg2"\nversion = "2.9.9"\n',
    "package.json": '{"scripts": {"build": "x"}}',
    "yarn.lock": "",
    "mysite/settings.py": WHITENOISE,
    "src/x/y": "",
  });
  const all = [...runs(build(directory, true).dockerfile), ...runs(build(startProject(root), true).dockerfile)];
  expect(all.length).toBeGreaterThan(12);
  for (const command of all) execFileSync("sh", ["-n", "-c", command]);
});

describe("Python", () => {
  const USUAL = "python:3.13-slim-bookworm";
  const pyproject = (specifier: string) => ({
    "requirements.txt": "django\n",
    "pyproject.toml": `[project]\nrequires-python = "${specifier}"\n`,
  });

  test.each([
    ["nothing said", { "requirements.txt": "django\n" }, undefined],
    [".python-version", { ".python-version": "3.12.4\n" }, "3.12"],
    ["runtime.txt", { "runtime.txt": "python-3.11.9\n" }, "3.11"],
    ["a range that has the usual one", pyproject(">=3.10"), undefined],
    ["a range below", pyproject(">=3.9,<3.13"), "3.12"],
    ["a range above", pyproject(">=3.14"), "3.14"],
    ["one series", pyproject("==3.11.*"), "3.11"],
    ["Poetry's caret", pyproject("^3.11"), undefined],
    ["Poetry's tilde", pyproject("~3.11"), "3.11"],
    ["a compatible release", pyproject("~=3.11.2"), "3.11"],
    ["an exception", pyproject(">=3.12,!=3.13.*"), "3.12"],
    ["an old Django", { "requirements.txt": "Django==3.2.25\n" }, "3.10"],
    ["an older Django, as a range", { "requirements.txt": "Django>=4.2,<4.3\n" }, "3.12"],
    [
      "Pipfile",
      { Pipfile: '[packages]\ndjango = "*"\n[requires]\npython_version = "3.11"\n', "Pipfile.lock": "{}" },
      "3.11",
    ],
  ])("%s", (_, files, version) => {
    expect(projectPython(inspectProject(startProject(root, files)), USUAL)?.version).toBe(version);
  });
});
