import { inspectProject } from "../../../project";
import { temporaryDirectory } from "../../support/directory";
import { entry, managePy, project, SETTINGS, startProject } from "./sample-projects";

const root = temporaryDirectory();

test("what startproject makes is known by itself", () => {
  const { django, asgiReason, dockerfile, procfile, compose, frontEnd, variables, dependencies } = inspectProject(
    startProject(root),
  );
  expect(django).toMatchObject({
    root: "",
    ...{ manageSettings: "mysite.settings", settings: "mysite.settings" },
    ...{ wsgi: "mysite.wsgi:application", asgi: "mysite.asgi:application" },
    ...{ whiteNoise: false, channels: false, staticRoot: false, mediaRoot: false },
    admins: ["/admin/"],
  });
  expect(asgiReason).toBeUndefined();
  expect([dockerfile, compose, frontEnd]).toEqual([undefined, undefined, undefined]);
  expect(procfile).toEqual({});
  expect(variables).toEqual([]);
  expect(dependencies).toMatchObject({
    kind: "requirements",
    file: "requirements.txt",
    packages: { django: "==5.2.1" },
  });
});

describe("manage.py", () => {
  const inside = (at: string): Record<string, string> => ({ [`${at}/manage.py`]: managePy("site.settings") });

  test.each([
    ["in a folder", { ...inside("backend") }, "backend"],
    ["two folders down", { ...inside("code/backend") }, "code/backend"],
    ["the shortest path wins", { ...inside("z"), ...inside("a/b") }, "z"],
    [
      "not that of tests, examples or packages",
      { ...inside("tests"), ...inside("examples"), ...inside("venv/site-packages"), ...inside("real/site") },
      "real/site",
    ],
  ])("%s", (_, files, expected) => {
    expect(inspectProject(project(root, files)).django?.root).toBe(expected);
  });

  test.each([
    ["of something else", { "manage.py": "print('a flask')\n" }],
    ["three folders down", inside("a/b/c")],
    ["nowhere", { "README.md": "" }],
  ])("%s: no Django project", (_, files) => {
    expect(inspectProject(project(root, files)).django).toBeUndefined();
  });
});

/** As cookiecutter-django lays a project out. */
const COOKIECUTTER = {
  "manage.py": managePy("config.settings.local"),
  "config/wsgi.py": entry("wsgi", "config.settings.production"),
  "config/settings/__init__.py": "",
  "config/settings/base.py": `import environ
env = environ.Env()
DATABASES = {"default": env.db("DATABASE_URL")}
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ADMIN_URL = "admin/"
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="redis://")
# env("IN_A_COMMENT")
`,
  "config/settings/local.py": "from .base import *\nSECRET_KEY = env('DJANGO_LOCAL_KEY', default='x')\n",
  "config/settings/production.py": `from .base import *  # noqa
from .base import env
SECRET_KEY = env("DJANGO_SECRET_KEY")
ADMIN_URL = env("DJANGO_ADMIN_URL")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 5)
MAILGUN = {"KEY": env("MAILGUN_API_KEY"), "URL": env("MAILGUN_API_URL", default="https://api.mailgun.net/v3")}
`,
  "config/urls.py": "urlpatterns = [path(settings.ADMIN_URL, admin.site.urls)]\n",
  "requirements/base.txt": "django==5.1.4 # https\ndjango-environ\npsycopg[c]==3.2.3\nwhitenoise\n",
  "requirements/production.txt": "# PRECAUTION\n-r base.txt\ngunicorn==23.0.0\n",
  "requirements/local.txt": "-r production.txt\nwatchdog\n",
};

test("a package of settings: the server's are those of wsgi.py, with what they import", () => {
  const { django, variables, dependencies } = inspectProject(project(root, COOKIECUTTER));
  expect(django).toMatchObject({
    manageSettings: "config.settings.local",
    settings: "config.settings.production",
    wsgi: "config.wsgi:application",
    asgi: undefined,
    admins: ["/admin/"],
  });
  expect(variables.map(({ name, hasDefault }) => `${name} ${hasDefault ? "optional" : "required"}`)).toEqual([
    ...[
      "CELERY_BROKER_URL optional",
      "DATABASE_URL required",
      "DJANGO_ADMIN_URL required",
      "DJANGO_SECRET_KEY required",
    ],
    ...["EMAIL_TIMEOUT optional", "MAILGUN_API_KEY required", "MAILGUN_API_URL optional"],
  ]);
  expect(dependencies).toMatchObject({
    ...{ kind: "requirements", file: "requirements/production.txt" },
    files: ["requirements/production.txt", "requirements/base.txt"],
    packages: { django: "==5.1.4", gunicorn: "==23.0.0", psycopg: "==3.2.3", whitenoise: "" },
  });
});

test("what wagtail start makes: settings of the server, both admins", () => {
  const { django } = inspectProject(
    project(root, {
      "manage.py": managePy("mysite.settings.dev"),
      "mysite/wsgi.py": entry("wsgi", "mysite.settings.production"),
      "mysite/settings/__init__.py": "",
      "mysite/settings/base.py": `${SETTINGS}MEDIA_ROOT = BASE_DIR / "media"\nSTATIC_ROOT = BASE_DIR / "static"\n`,
      "mysite/settings/dev.py": "from .base import *\n",
      "mysite/settings/production.py":
        "from .base import *\nDEBUG = False\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n",
      "mysite/urls.py": `urlpatterns = [\n    path("django-admin/", admin.site.urls),\n    path("admin/", include(wagtailadmin_urls)),\n    path("documents/", include(wagtaildocs_urls)),\n]\n`,
      "requirements.txt": "Django>=5.2,<5.3\nwagtail>=7.0,<7.1\n",
    }),
  );
  expect(django).toMatchObject({
    settings: "mysite.settings.production",
    ...{ mediaRoot: true, staticRoot: true },
    admins: ["/django-admin/", "/admin/"],
  });
});

test.each([
  ['SECRET_KEY = os.environ["SECRET_KEY"]', "SECRET_KEY required"],
  ['DEBUG = os.environ.get("DEBUG", "1")', "DEBUG optional"],
  ["A = os.getenv('A')", "A optional"],
  ['if "A" in os.environ:\n    B = os.environ["A"]', "A optional"],
  ['K = config("K", default="x", cast=str)', "K optional"],
  ['K = config("K", cast=int)', "K required"],
  ['S = env.str("S")', "S required"],
  ['B = env.bool("B", False)', "B optional"],
  ['L = env.list(\n    "L",\n    default=[],\n)', "L optional"],
  ["DATABASES = {'default': env.db()}", "DATABASE_URL required"],
  ['DATABASES = {"default": dj_database_url.config(default="sqlite:///x")}', "DATABASE_URL optional"],
  ['env = environ.Env(DEBUG=(bool, False))\nDEBUG = env("DEBUG")', "DEBUG optional"],
])("settings that say %j read %s", (text, expected) => {
  const { variables } = inspectProject(startProject(root, { "mysite/settings.py": `${text}\n` }));
  expect(variables.map(({ name, hasDefault }) => `${name} ${hasDefault ? "optional" : "required"}`)).toEqual([
    expected,
  ]);
});

test.each([
  [
    "channels in the settings",
    { "mysite/settings.py": `${SETTINGS}INSTALLED_APPS += ["channels"]\n` },
    "it uses channels",
  ],
  [
    "uvicorn in the requirements",
    { "requirements.txt": "django\nuvicorn[standard]\n" },
    "its requirements have uvicorn",
  ],
  [
    "only an ASGI application",
    { "mysite/settings.py": 'ASGI_APPLICATION = "mysite.asgi.application"\n' },
    "its settings name only an ASGI_APPLICATION",
  ],
  [
    "both applications",
    { "mysite/settings.py": `${SETTINGS}ASGI_APPLICATION = "mysite.asgi.application"\n` },
    undefined,
  ],
])("ASGI: %s", (_, files, reason) => {
  expect(inspectProject(startProject(root, files)).asgiReason).toBe(reason);
});

test("the last stage of a Dockerfile says what the container is", () => {
  const { dockerfile } = inspectProject(
    startProject(root, {
      Dockerfile: `# CMD none
FROM python:3.12 AS base
ENV DJANGO_SETTINGS_MODULE=mysite.settings A="x y"
EXPOSE 80
FROM node AS front
CMD ["node"]
FROM base
USER wagtail
VOLUME ["/app/media"]
EXPOSE 8080/tcp 9000
ENTRYPOINT ["/entrypoint.sh"]
`,
    }),
  );
  expect(dockerfile).toEqual({
    ...{ file: "Dockerfile", port: 80, command: undefined, entrypoint: '["/entrypoint.sh"]', user: "wagtail" },
    ...{
      environment: { DJANGO_SETTINGS_MODULE: "mysite.settings", A: "x y" },
      volumes: ["/app/media"],
      stages: ["base", "front"],
    },
  });
});

test.each([
  ["docker/default.Dockerfile", { "docker/alpine.Dockerfile": "FROM a\n", "docker/default.Dockerfile": "FROM a\n" }],
  ["Dockerfile.prod", { "Dockerfile.dev": "FROM a\n", "Dockerfile.prod": "FROM a\n" }],
  [
    "ops/Web",
    {
      "ops/Web": "FROM a\n",
      "docker/Dockerfile": "FROM a\n",
      "compose.yaml": "services: {web: {build: {context: ., dockerfile: ./ops/Web}}}\n",
    },
  ],
])("the Dockerfile %s is found", (expected, files) => {
  expect(inspectProject(startProject(root, files)).dockerfile?.file).toBe(expected);
});

test("an image's own settings module comes before that of wsgi.py", () => {
  const { django } = inspectProject(
    startProject(root, {
      Dockerfile: "FROM python\nENV DJANGO_SETTINGS_MODULE=mysite.production\n",
      "mysite/production.py": "from .settings import *\nMEDIA_ROOT = 'x'\n",
    }),
  );
  expect(django).toMatchObject({ settings: "mysite.production", manageSettings: "mysite.settings", mediaRoot: true });
});

test("Procfile and compose file name the processes", () => {
  const { procfile, compose } = inspectProject(
    startProject(root, {
      Procfile: "web: gunicorn mysite.wsgi\nworker: celery -A mysite worker\n# no\nrelease: python manage.py migrate\n",
      "docker-compose.yml": `
x-django: &django
  build: {context: ., dockerfile: ./compose/Dockerfile}
  environment: [A=b, C]
services:
  django: &web
    <<: *django
    command: /start
  worker:
    <<: *django
    command: [celery, -A, mysite, worker]
  redis:
    image: docker.io/redis:6
`,
    }),
  );
  expect(procfile).toEqual({
    web: "gunicorn mysite.wsgi",
    worker: "celery -A mysite worker",
    release: "python manage.py migrate",
  });
  const built = { image: undefined, build: true, environment: { A: "b", C: "" }, dockerfile: "./compose/Dockerfile" };
  expect(compose).toEqual({
    file: "docker-compose.yml",
    services: [
      { name: "django", command: "/start", ...built },
      { name: "worker", command: "celery -A mysite worker", ...built },
      {
        name: "redis",
        image: "docker.io/redis:6",
        build: false,
        command: undefined,
        environment: {},
        dockerfile: undefined,
      },
    ],
  });
});

describe("packages", () => {
  const uvLock = `version = 1\nrequires-python = ">=3.12"\n[[package]]\nname = "django"\nversion = "5.2.1"\nsource = { registry = "https://pypi.org/simple" }\n[[package]]\nname = "mysite"\nversion = "0.1.0"\nsource = { virtual = "." }\n`;

  test.each([
    [
      "uv",
      {
        "pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["django"]\n',
        "uv.lock": uvLock,
      },
      { kind: "uv", lock: "uv.lock", wholeProject: false, python: { specifier: ">=3.12", file: "pyproject.toml" } },
    ],
    [
      "uv with a folder of its own",
      {
        "pyproject.toml": "[project]\n",
        "uv.lock": `${uvLock}[[package]]\nname = "lib"\nversion = "1"\nsource = { editable = "lib" }\n`,
      },
      { kind: "uv", wholeProject: true },
    ],
    [
      "Poetry",
      {
        "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\ndjango = "^5"\n',
        "poetry.lock": '[[package]]\nname = "Django"\nversion = "5.2.1"\n',
      },
      { kind: "poetry", lock: "poetry.lock", python: { specifier: "^3.11", file: "pyproject.toml" } },
    ],
    [
      "Poetry without a lock",
      {
        "pyproject.toml":
          '[tool.poetry.dependencies]\npython = "^3.11"\ndjango = {version = "5.2.1", extras = ["argon2"]}\n',
      },
      { kind: "poetry", lock: undefined, extras: new Set(["django[argon2]"]) },
    ],
    [
      "PDM",
      { "pyproject.toml": "[project]\n", "pdm.lock": '[[package]]\nname = "django"\nversion = "5.2.1"\n' },
      { kind: "pdm", lock: "pdm.lock" },
    ],
    [
      "Pipenv",
      {
        Pipfile: '[packages]\ndjango = "*"\n[requires]\npython_version = "3.11"\n',
        "Pipfile.lock": '{"default": {"django": {"version": "==5.2.1"}}}',
      },
      { kind: "pipenv", lock: "Pipfile.lock", python: { specifier: "==3.11.*", file: "Pipfile" } },
    ],
    [
      "pyproject.toml alone",
      { "pyproject.toml": '[project]\ndependencies = ["django==5.2.1"]\n' },
      { kind: "pyproject", listed: ["django==5.2.1"] },
    ],
    [
      "requirements beside a pyproject.toml for tools",
      { "pyproject.toml": "[tool.ruff]\nline-length = 100\n", "requirements.txt": "django==5.2.1\n" },
      { kind: "requirements" },
    ],
    [
      "requirements with a folder",
      { "requirements.txt": "django==5.2.1\n-e .\n" },
      { kind: "requirements", wholeProject: true },
    ],
    [
      "requirements with a repository",
      { "requirements.txt": "django==5.2.1\nx @ git+https://example.org/x\n" },
      { kind: "requirements", wholeProject: false, git: true },
    ],
  ])("%s", (_, files, expected) => {
    const { dependencies } = inspectProject(project(root, { "manage.py": managePy("a.b"), ...files }));
    expect(dependencies).toMatchObject(expected);
    expect(dependencies?.packages.django).toMatch(/5\.2\.1$/);
  });

  test("beside manage.py, where the project's folder has none", () => {
    const { dependencies } = inspectProject(
      project(root, { "backend/manage.py": managePy("a.b"), "backend/requirements.txt": "django\n" }),
    );
    expect(dependencies).toMatchObject({ folder: "backend", files: ["backend/requirements.txt"] });
  });

  test("none", () => {
    expect(inspectProject(project(root, { "manage.py": managePy("a.b") })).dependencies).toBeUndefined();
  });
});

test.each([
  [
    "npm",
    { "package-lock.json": "{}", ".nvmrc": "v20.1\n" },
    { manager: "npm", lock: "package-lock.json", node: "20" },
  ],
  ["yarn", { "yarn.lock": "" }, { manager: "yarn", lock: "yarn.lock", node: undefined }],
  ["pnpm", { "pnpm-lock.yaml": "" }, { manager: "pnpm", lock: "pnpm-lock.yaml" }],
])("a front end by %s", (_, files, expected) => {
  const folder = Object.fromEntries(Object.entries(files).map(([name, text]) => [`frontend/${name}`, text]));
  const text = '{"scripts": {"build": "vite build"}}';
  expect(inspectProject(startProject(root, { "frontend/package.json": text, ...folder })).frontEnd).toMatchObject({
    folder: "frontend",
    ...expected,
  });
  expect(inspectProject(startProject(root, { "package.json": '{"devDependencies": {}}' })).frontEnd).toBeUndefined();
});
