import { quote } from "../lib/quote";
import { joined } from "./folder";
import { Project } from "./inspect";
import { aptInstall, HAS_LIBPQ, onArm32, run, TARGET } from "./instructions";
import { PORT, serverOf } from "./servers";
import { addsDriver } from "./stage-packages";
import { systemNeeds } from "./system-packages";
import { Variable } from "./variables";

/** Who the image runs as: no account of the host has this number. */
const USER = "10001:10001";

/** The image itself. What changes least comes first, so that a deploy sends only the code. */
export function finalStage(project: Project, postgres: boolean): string[] {
  const { django, frontEnd } = project;
  const { command, name } = serverOf(project);
  const root = `/${joined("app", django?.root ?? "")}`;
  const settings =
    django?.settings === django?.manageSettings ? [] : [`DJANGO_SETTINGS_MODULE=${django?.settings ?? ""}`];
  // Three processes of four threads, unless the container's environment says otherwise.
  const gunicorn = name === "gunicorn" ? ["WEB_CONCURRENCY=3", 'GUNICORN_CMD_ARGS="--threads 4"'] : [];
  return [
    "FROM $PYTHON_IMAGE",
    ...libraries(project, postgres),
    `ENV ${["PATH=/opt/venv/bin:$PATH", "VIRTUAL_ENV=/opt/venv", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1", "HOME=/tmp", ...settings, ...gunicorn].join(" \\\n    ")}`,
    "# A new volume takes over the owner of what the image has at its place.",
    `RUN install -d -o 10001 -g 10001 /app /data`,
    `WORKDIR ${root}`,
    "COPY --from=packages /opt/venv /opt/venv",
    `COPY ${frontEnd === undefined ? "" : "--from=front-end "}--chown=${USER} ${frontEnd === undefined ? "." : "/app"} /app`,
    "# A read-only container cannot keep what it compiles. What cannot be compiled here is no code of the site.",
    "RUN python -m compileall -qq --invalidation-mode unchecked-hash /app || true",
    ...staticFiles(project),
    `USER ${USER}`,
    `EXPOSE ${PORT}`,
    `CMD ${JSON.stringify(command)}`,
  ];
}

function libraries({ dependencies }: Project, postgres: boolean): string[] {
  const { run: needed } = systemNeeds(dependencies);
  const others = needed.filter((name) => name !== "libpq5");
  const onArm = postgres && dependencies !== undefined && addsDriver(dependencies) && !needed.includes("libpq5");
  const libpq = aptInstall(["libpq5"], HAS_LIBPQ);
  const commands = [
    ...(others.length === 0 ? [] : [aptInstall(others)]),
    ...(needed.includes("libpq5") ? [libpq] : onArm ? [onArm32(libpq, "true")] : []),
  ];
  if (commands.length === 0) return [];
  return [
    ...(onArm ? TARGET : []),
    run(
      commands,
      `Debian's packages cannot be installed: set images.python to an image that has ${[...others, "libpq5"].join(", ")}`,
    ),
  ];
}

/** Needed where WhiteNoise serves them; else Homeport serves them from where they are. */
function staticFiles({ django, variables }: Project): string[] {
  if (django?.whiteNoise !== true || !django.staticRoot) return [];
  const environment = Object.entries({
    SECRET_KEY: KEY,
    DJANGO_SECRET_KEY: KEY,
    ...Object.fromEntries(variables.filter(({ hasDefault }) => !hasDefault).map((one) => [one.name, placeholder(one)])),
  });
  const values = environment.map(([name, value]) => `${name}=${quote(value)}`).join(" ");
  // Without the time of this build, files that did not change are no new layer. Where names have no hash, WhiteNoise tells versions apart by the time.
  const collect = `${values} python manage.py collectstatic --noinput`;
  const commands = django.hashedStatic
    ? ["touch /tmp/before", collect, "find . -newer /tmp/before -exec touch -h -d @315532800 {} +"]
    : [collect];
  const failed =
    "homeport: the static files could not be collected, see above; pages may lack their styles. Add a Dockerfile to the project that does it, or let the settings do without what they miss here";
  return [
    "# WhiteNoise serves what is collected. The values are for this command and are not kept.",
    `RUN ${commands.join(" \\\n    && ")} \\\n    || echo ${quote(failed)} >&2`,
  ];
}

const KEY = "only-for-this-command-and-kept-nowhere-0123456789-abcdefghijklmnopqrstuvwxyz";

/** A value that settings can read where nothing is to be reached by it. */
function placeholder({ name }: Variable): string {
  if (name === "DATABASE_URL") return "sqlite:////tmp/build.sqlite3";
  if (name.endsWith("EMAIL_URL")) return "consolemail://";
  if (/REDIS|BROKER|CACHE_URL/.test(name)) return "redis://127.0.0.1:6379/0";
  if (/(PORT|SECONDS|TIMEOUT|AGE|SIZE|COUNT|NUMBER)$/.test(name)) return "1";
  if (/^(USE|ENABLE|DEBUG)|(DEBUG|ENABLED|_TLS|_SSL|REDIRECT)$/.test(name)) return "False";
  return KEY;
}
