import { createServer } from "node:net";

import { parseReport } from "../../../components/app/gate";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

/**
 * Containers as files, a directory each: `states` has a line for every look, `HEALTH STATUS ENDS`, of which the last stays; the others are what Docker
 * answers to that question.
 */
const DOCKER = `for name; do :; done
cd "$FAKES/$name" 2>/dev/null || { echo "Error: No such object: $name" >&2; exit 1; }
case $* in
  logs*) cat log ;;
  wait*) cat code ;;
  *Mounts*) cat mounts; echo ;;
  *Networks*traefik-web-1*) echo 172.18.0.5 ;;
  *State.Pid*) cat pid ;;
  *'.ExitCode .Output'*) cat check ;;
  *Health.Log*) cut -d' ' -f2- check ;;
  *OOMKilled*) cat oom ;;
  *.State.Health}}*) echo "$(head -n 1 states) $(cat code)"; [ "$(wc -l <states)" -eq 1 ] || sed -i 1d states ;;
  *RestartCount*) head -n 1 states | cut -d' ' -f3 ;;
esac
`;

/** Answers as files: `page` for the path that is checked, `odd` for one that is not there, `report`; first a line `STATUS [LOCATION]`, then the body. */
const CURL = `echo "$*" >>"$FAKES/requests"
while [ $# -gt 1 ]; do
  case $1 in --output) body=$2 ;; --dump-header) head=$2 ;; esac
  shift
done
cd "$FAKES"
case $1 in *.homeport/report) file=report ;; */homeport-*) file=odd ;; *) file=page ;; esac
if [ "$file" = page ] && [ -s starting ]; then sed -i 1d starting; printf 000; exit 7; fi
read -r status location <"$file"
sed 1d "$file" >"$body"
printf 'HTTP/1.1 %s\\r\\nLocation: %s\\r\\n' "$status" "$location" >"$head"
printf %s "$status"
[ "$status" != 000 ]
`;

const LOG = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join("");

/** Settings of the script, so that what settles has settled. */
const AT_ONCE = ["SETTLED_SECONDS=0", "STEADY_SECONDS=0", "NEXT_END_SECONDS=2"];

/** What a run of the gate finds. */
interface Scene {
  readonly containers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly page?: string;
  readonly odd?: string;
  readonly report?: string;
  /** How many questions find nobody. */
  readonly starting?: number;
  /** Time for all containers; 0: a first answer decides. */
  readonly seconds?: number;
  readonly port?: number;
  readonly status?: string;
  readonly command?: boolean;
  readonly processes?: readonly string[];
  /** Lines of the script, over those of the tests. */
  readonly settings?: readonly string[];
  /** Files of /proc. */
  readonly proc?: Readonly<Record<string, string>>;
}

interface Outcome extends Ended {
  readonly requests: string;
}

function pass(scene: Scene): Outcome {
  const {
    containers = { "web-1": {} },
    page = "200\nhello\n",
    odd = "404\n",
    report = "404\n",
    processes = [],
  } = scene;
  const server = new FakePrograms(root, { docker: DOCKER, curl: CURL, sleep: "" });
  for (const [name, files] of Object.entries(containers))
    writeFiles(`${server.directory}/${name}`, {
      ...{ states: "none running 0\n", log: LOG, check: "", oom: "false\n", code: "1\n", pid: "4711\n", mounts: "" },
      ...files,
    });
  writeFiles(server.directory, { page, odd, report, starting: "nobody\n".repeat(scene.starting ?? 0) });
  writeFiles(`${server.directory}/proc`, scene.proc ?? {});
  const data = [
    ...[
      "homeport-dev",
      "pi",
      String(scene.seconds ?? 0),
      "traefik-web-1",
      "www.example.org",
      String(scene.port ?? 8000),
      "/health",
    ],
    ...[scene.status ?? "-", scene.command === true ? "command" : "-"],
    ...Object.keys(containers).map((name) => `${processes.includes(name) ? "process" : "web"} ${name}`),
    "",
  ];
  const settings = [...AT_ONCE, `PROC=${server.directory}/proc`, ...(scene.settings ?? [])];
  const ended = server.pipe("app/gate.sh", data.join("\n"), ...settings);
  return { ...ended, requests: server.read("requests") };
}

/** The message of a failure, without the lines of a log above it. */
function refused(scene: Scene): string {
  const { code, stderr, stdout } = pass(scene);
  expect({ code, stdout: stdout.split("\n").at(-1) }).toEqual({ code: 1, stdout: "" });
  expect(stdout).not.toContain('"answered"');
  const message = stderr.trim().split("\n").at(-1) ?? "";
  expect(message).toMatch(/^homeport: /);
  return message;
}

describe("a deploy passes", () => {
  test("when every container answers and every process runs; the last line is what the adapter says", () => {
    const report = '{"django":"5.2","admins":["/secret-admin/"],"database":{"file":null}}';
    const ended = pass({
      containers: { "web-1": {}, "web-2": {}, "worker-1": {} },
      processes: ["worker-1"],
      report: `200\n${report}\n`,
    });
    expect(ended).toMatchObject({
      code: 0,
      stdout:
        "web-1 answers on pi (200)\nweb-2 answers on pi (200)\nworker-1 runs on pi\n" +
        `{"answered":200,"report":${report}}\n`,
      stderr: "",
    });
    expect(parseReport(ended.stdout)).toMatchObject({ answered: 200, django: "5.2", admins: ["/secret-admin/"] });
  });

  test("though there is no adapter to report", () => {
    const { stdout } = pass({ report: "200\n<html>a page for everything</html>\n", page: "403\n" });
    expect(stdout).toMatch(/\n\{"answered":403,"report":\{\}\}\n$/);
    expect(parseReport(stdout)).toMatchObject({ answered: 403, django: "", admins: [] });
  });

  test("of what is asked as the proxy would, at the container's own address; only the report is asked without a visitor", () => {
    const { requests } = pass({});
    const [page = "", odd = "", report = ""] = requests.trim().split("\n");
    for (const one of [page, odd, report]) expect(one).toContain("--header Host: www.example.org");
    for (const one of [page, odd]) expect(one).toContain("--header X-Forwarded-Proto: https");
    expect(page).toMatch(/--header X-Forwarded-For: 192\.0\.2\.1 .* http:\/\/172\.18\.0\.5:8000\/health$/);
    expect(odd).toMatch(/X-Forwarded-For.* http:\/\/172\.18\.0\.5:8000\/homeport-\d+$/);
    expect(report).toMatch(/ http:\/\/172\.18\.0\.5:8000\/\.homeport\/report$/);
    // With any of them the adapter answers 404, and its admins would stay open.
    expect(report).not.toContain("X-Forwarded");
  });

  test("not without the report of an adapter that is at work, which names the admins to close", () => {
    expect(refused({ report: "500\n" })).toContain(
      "does not say what its adapter found (500 for /.homeport/report on pi)",
    );
    expect(pass({ report: "404\n" }).code).toBe(0);
  });

  test.each(["204", "302 https://www.example.org/login/", "401", "403", "404"])("with the answer %s", (answer) => {
    expect(pass({ page: `${answer}\n` }).code).toBe(0);
  });

  test("with an answer that the settings ask for, and no other", () => {
    expect(pass({ page: "503\n", status: "418,503" }).code).toBe(0);
    expect(refused({ page: "404\n", status: "200,204" })).toContain(
      "web-1 answers 404 to https://www.example.org/health, and app.health.status is 200,204; the previous version still serves.",
    );
  });

  test("once it has begun to listen", () => {
    expect(pass({ starting: 3, seconds: 60 }).code).toBe(0);
  });

  test("once its own health check passes", () => {
    const states = "starting running 0\nstarting running 0\nhealthy running 0\n";
    const { code, requests } = pass({ containers: { "web-1": { states } }, command: true, seconds: 60 });
    expect([code, requests.split("\n").length]).toEqual([0, 4]);
  });

  test("though it had ended often before what it needs was there", () => {
    const states = "none running 7\nnone running 7\n";
    expect(pass({ containers: { "web-1": { states } }, starting: 1, seconds: 60 }).code).toBe(0);
  });
});

describe("a container does not pass", () => {
  test("on whose port nobody listens, and it is shown with its last lines", () => {
    const { code, stderr } = pass({ page: "000\n" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^last lines of web-1 on pi:\n {2}line 6\n/);
    expect(stderr).toContain(
      "  line 20\nhomeport: nothing listens on port 8000 in web-1 on pi after 0 s; the previous version still serves.",
    );
    for (const setting of ["app.port", "app.health.seconds", "then run 'pulumi up' again"])
      expect(stderr).toContain(setting);
  });

  // As /proc/PID/net/tcp has it: 8080 and, for PostgreSQL's client, an outgoing connection; Docker's resolver listens, too.
  const TCP = `  sl  local_address rem_address   st
   0: 00000000:1F90 00000000:0000 0A
   1: 0B00007F:A1B2 00000000:0000 0A
   2: 0500A8C0:C350 0600A8C0:1538 01
`;

  test("that listens on another port", () => {
    expect(refused({ page: "000\n", proc: { "4711/net/tcp": TCP } })).toBe(
      "homeport: nothing listens on port 8000 in web-1 on pi, but on 8080; the previous version still serves. " +
        "Set app.port to the port of the site, then run 'pulumi up' again",
    );
  });

  test.each([
    ["tcp", "0100007F"],
    ["tcp6", "00000000000000000000000001000000"],
  ])("that listens on itself only, at once (%s)", (file, loopback) => {
    const proc = { [`4711/net/${file}`]: `head\n 0: ${loopback}:1F40 0:0 0A\n` };
    expect(refused({ page: "000\n", proc, seconds: 600 })).toContain(
      "web-1 listens on 127.0.0.1:8000 only, where the proxy cannot reach it on pi;",
    );
  });

  test("as the kernel of this machine tells it", async () => {
    const listening = createServer();
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const containers = { "web-1": { pid: `${process.pid}\n` } };
      expect(refused({ page: "000\n", containers, port, settings: ["PROC=/proc"], seconds: 600 })).toContain(
        `web-1 listens on 127.0.0.1:${port} only`,
      );
    } finally {
      listening.close();
    }
  });

  test.each([
    [
      "400\n",
      "web-1 answers 400 to https://www.example.org/health: its ALLOWED_HOSTS most likely lacks www.example.org;",
    ],
    [
      "301 https://www.example.org/health\n",
      "web-1 redirects https://www.example.org/health to itself, so that browsers would never get a page:",
    ],
    ["302 https://www.example.org:443/health\n", "web-1 redirects https://www.example.org/health to itself"],
    ["500\n", "web-1 answers 500 to https://www.example.org/health on pi; the previous version still serves."],
    ["200\n<p><code>DEBUG = True</code></p>\n", "web-1 shows Django's debug pages: DEBUG is on,"],
  ])("that answers %j, and is not waited for to the end", (page, message) => {
    expect(refused({ page, seconds: 600 })).toContain(`homeport: ${message}`);
  });

  test("whose answer tells of an end in sight until that has not come", () => {
    expect(refused({ page: "503\n" })).toContain(
      "web-1 still answers 503 for /health on pi after 0 s; the previous version still serves.",
    );
  });

  test("whose fault is in its lines, which are shown", () => {
    const { stderr } = pass({ page: "500\n", containers: { "web-1": { log: "Traceback\nValueError: no\n" } } });
    expect(stderr).toMatch(
      /^last lines of web-1 on pi:\n {2}Traceback\n {2}ValueError: no\nhomeport: web-1 answers 500/,
    );
  });

  test.each([
    [
      "404\nYou're seeing this because you have <a>DEBUG=True</a> is in your settings\n",
      "web-1 shows Django's debug pages",
    ],
    ["500\n", "web-1 answers 500 to https://www.example.org/homeport-"],
  ])("that answers well, but to a page that is not there with %j", (odd, message) => {
    expect(refused({ odd, seconds: 600 })).toContain(message);
  });

  test.each([
    "126 cannot execute",
    '127 exec: "wget": executable file not found in $PATH',
    "1 /bin/python: No module named mysite.healthcheck",
  ])("whose own health check cannot run, at once (%s)", (check) => {
    const containers = { "web-1": { states: "starting running 0\n", check: `${check}\n` } };
    expect(refused({ containers, command: true, seconds: 600 })).toContain(
      `the health check of web-1 cannot run on pi: ${check.replace(/^\d+ /, "")}; the previous version still serves.`,
    );
  });

  test("whose own health check fails to the end, with what it says", () => {
    const containers = { "web-1": { states: "starting running 0\n", check: "1 refused: port 9000\n" } };
    const { stderr } = pass({ containers, command: true });
    expect(stderr).toContain("  line 20\nhomeport: web-1 of homeport-dev was not healthy on pi within 0 s;");
    expect(stderr).toMatch(/^the last output of its health check:\n {2}refused: port 9000\n/);
    expect(stderr).toContain("app.health.command");
  });

  const report = (file: string): string => `200\n{"django":"5.2","database": {"engine":"sqlite","file": "${file}"}}\n`;

  test("whose database is in no volume", () => {
    const containers = { "web-1": { mounts: "/data\n/app/media\n" } };
    expect(refused({ containers, report: report("/app/db.sqlite3") })).toContain(
      "web-1 keeps its database in /app/db.sqlite3, which is in no volume: every deploy would begin with an empty one;",
    );
    for (const file of ["/data/db.sqlite3", "/app/media/deep/db.sqlite3"])
      expect(pass({ containers, report: report(file) }).code).toBe(0);
  });

  test("that ends by itself again and again, and is not waited for to the end", () => {
    const states = "none running 0\nnone restarting 1\nnone running 2\nnone restarting 3\n";
    const containers = { "web-1": { states, code: "3\n", log: "GUNICORN_TIMEOUT is 'soon'\n" } };
    const { stderr } = pass({ containers, page: "000\n", seconds: 600 });
    expect(stderr).toContain(
      "  GUNICORN_TIMEOUT is 'soon'\nhomeport: web-1 exited by itself on pi, the last time with exit code 3;",
    );
  });

  test("that has ended often, and ends again", () => {
    const containers = { "web-1": { states: "none running 7\nnone restarting 8\n" } };
    expect(refused({ containers, page: "000\n", seconds: 600 })).toContain("web-1 exited by itself on pi");
  });

  test("that ran out of memory", () => {
    const containers = { "web-1": { states: "none exited 0\n", code: "137\n", oom: "true\n" } };
    expect(refused({ containers, seconds: 600 })).toContain("web-1 ran out of memory on pi (app.memoryMb);");
  });

  test("that was created and never started, with what recreates it", () => {
    expect(refused({ containers: { "web-1": { states: "none created 0\n" } }, seconds: 600 })).toBe(
      "homeport: web-1 was created on pi and never started, as when an 'up' is cut off: 'npm run recover' recreates it",
    );
  });
});

test("a container that is gone is reported with how it comes back", () => {
  const server = new FakePrograms(root, { docker: DOCKER, curl: CURL });
  const data = "homeport-dev\npi\n600\ntraefik-web-1\nwww.example.org\n8000\n/health\n-\n-\nweb web-1\n";
  const { code, stderr } = server.pipe("app/gate.sh", data);
  expect(code).toBe(1);
  expect(stderr).toContain("homeport: pi no longer has web-1: run 'pulumi up --refresh'");
});

describe("a process", () => {
  const worker = (states: string, seconds = 0): Scene => ({
    ...{ containers: { "worker-1": { states } }, processes: ["worker-1"], seconds },
  });

  test("that ends passes nothing, though it starts again", () => {
    expect(refused(worker("none restarting 1\nnone restarting 1\n"))).toContain(
      "worker-1 does not keep running on pi; the previous version still serves.",
    );
  });

  test("that ends again and again is not waited for to the end", () => {
    const states = "none running 0\nnone restarting 1\nnone running 2\nnone restarting 3\n";
    expect(refused({ ...worker(states, 600), settings: ["STEADY_SECONDS=600"] })).toContain(
      "worker-1 exited by itself on pi, the last time with exit code 1;",
    );
  });

  test("that has ended once, and runs now, passes", () => {
    expect(pass(worker("none running 0\nnone restarting 1\nnone running 1\n", 60))).toMatchObject({
      code: 0,
      stdout: 'worker-1 runs on pi\n{"answered":200,"report":{}}\n',
    });
  });
});

/** What a container says before it ends, and the sentence that it brings about. */
const KNOWN: readonly (readonly [string, string])[] = [
  ["django.db.utils.OperationalError: unable to open database file", "Its SQLite file is in the image"],
  [
    "sqlite3.OperationalError: attempt to write a readonly database",
    "put it below /data, or name its directory in app.volumes.",
  ],
  [
    "OSError: [Errno 30] Read-only file system: '/app/media/x.png'",
    "It writes to /app/media/x.png, which is read-only: name the directory in app.volumes",
  ],
  ["mkdir: cannot create directory: Read-only file system", "It writes to its own file system, which is read-only"],
  [
    "PermissionError: [Errno 13] Permission denied: '/srv/cache'",
    "It may not use /srv/cache: name its directory in app.volumes,",
  ],
  ["chown: /data: Operation not permitted", "list what it needs in app.capabilities"],
  ["error: failed switching to 'app'", "an image that starts as root also needs app.user: root."],
  ["KeyError: 'PAYMENTS_KEY'", "It reads the variable PAYMENTS_KEY: set it in app.environment,"],
  [
    "/start: line 4: REDIS: unbound variable",
    "It reads a variable that is not set (/start: line 4: REDIS: unbound variable)",
  ],
  [
    "django.core.exceptions.ImproperlyConfigured: Set the CELERY_URL environment variable",
    "It reads a variable that is not set (django.core.exceptions.ImproperlyConfigured: Set the CELERY_URL environment variable)",
  ],
  ["ModuleNotFoundError: No module named 'gunicorn'", "The image lacks the Python package gunicorn:"],
  ["ImproperlyConfigured: Error loading psycopg2 or psycopg module", "The image lacks the driver of its database:"],
  ["Failed to find attribute 'application' in 'shop.wsgi'.", "The server does not find the application:"],
  ["exec /usr/bin/sh: exec format error", "The image is for another processor: see servers.platform."],
];

test.each(KNOWN)("the cause %j is named", (line, hint) => {
  const message = refused({ containers: { "web-1": { states: "none exited 0\n", log: `before\n${line}\nafter\n` } } });
  expect(message).toContain(hint);
});

test.each(["KeyError: 'name'", "all is well", "bash: permission to speak"])("of %j no cause is known", (line) => {
  const message = refused({ containers: { "web-1": { states: "none exited 0\n", log: `${line}\n` } } });
  expect(message).toContain("the previous version still serves. Fix the error in its lines above,");
});

test("a report that cannot be read is an empty one", () => {
  const empty = { answered: 200, django: "", set: [], admins: [], notes: [], checks: [] };
  expect(parseReport("")).toEqual(empty);
  expect(parseReport("web-1 answers\nnot json\n")).toEqual(empty);
  expect(parseReport('{"answered":204,"report":{"admins":3,"set":[{"setting":"DEBUG"}]}}')).toEqual({
    ...empty,
    answered: 204,
    set: [{ setting: "DEBUG", was: "", now: "", why: "" }],
  });
});
