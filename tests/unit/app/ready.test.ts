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
  *Health.Log*) cat check ;;
  *OOMKilled*) cat oom ;;
  *.State.Health}}*) echo "$(head -n 1 states) $(cat code)"; [ "$(wc -l <states)" -eq 1 ] || sed -i 1d states ;;
esac
`;

const LOG = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join("");

interface Container {
  readonly states: string;
  readonly log?: string;
  readonly check?: string;
  readonly oom?: string;
  readonly code?: string;
}

function wait(
  seconds: number,
  containers: Readonly<Record<string, Container>>,
  names = Object.keys(containers),
): Ended {
  const server = new FakePrograms(root, { docker: DOCKER });
  for (const [name, one] of Object.entries(containers))
    writeFiles(`${server.directory}/${name}`, { log: LOG, check: "", oom: "false\n", code: "1\n", ...one });
  return server.pipe("app/ready.sh", ["homeport-dev", "pi", String(seconds), ...names, ""].join("\n"));
}

test("it ends when every container is healthy", () => {
  const slow = { states: "starting running 0\nstarting running 0\nhealthy running 0\n" };
  expect(wait(60, { "web-1": slow, "web-2": { states: "healthy running 0\n" } })).toEqual({
    code: 0,
    stdout: "web-1 is healthy on pi\nweb-2 is healthy on pi\n",
    stderr: "",
  });
});

test("one that is not healthy in time is reported with its last lines, those of its check, and what to look at", () => {
  const check = "Traceback\nConnectionRefusedError: port 9000\n";
  const { code, stderr } = wait(1, { "web-1": { states: "starting running 0\n", check } });
  expect(code).toBe(1);
  expect(stderr).toContain("last lines of web-1 on pi:\n  line 6\n");
  expect(stderr).toContain(
    "  line 20\nthe last output of its health check:\n  Traceback\n  ConnectionRefusedError: port 9000\n",
  );
  expect(stderr).toContain(
    "homeport: web-1 of homeport-dev was not healthy on pi within 1 s; the previous version still serves.",
  );
  for (const setting of ["app.port", "app.healthCommand", "app.startSeconds", "run 'pulumi up' again"])
    expect(stderr).toContain(setting);
});

test("one that ends by itself again and again is not waited for to the end", () => {
  const states = "starting running 0\nstarting restarting 1\nstarting running 2\nstarting restarting 3\n";
  const log = "GUNICORN_TIMEOUT is 'soon'\n";
  const { code, stderr } = wait(600, { "web-1": { states, log, code: "3\n" } });
  expect(code).toBe(1);
  expect(stderr).toContain(
    "  GUNICORN_TIMEOUT is 'soon'\nhomeport: web-1 exited by itself on pi, the last time with exit code 3;",
  );
  expect(stderr).toContain("app.environment, and run 'pulumi up' again");
});

test("one that ended often before what it needs was there has another chance", () => {
  const states = "starting running 7\nstarting running 7\nhealthy running 7\n";
  expect(wait(60, { "web-1": { states } }).code).toBe(0);
  expect(wait(60, { "web-1": { states: "starting running 7\nstarting restarting 8\n" } }).code).toBe(1);
});

test("one that has come to its end is not waited for", () => {
  const { code, stderr } = wait(600, { "web-1": { states: "unhealthy exited 0\n", code: "137\n", oom: "true\n" } });
  expect(code).toBe(1);
  expect(stderr).toContain("homeport: web-1 ran out of memory on pi (app.memoryMb);");
});

test("one that is gone is reported with how it comes back", () => {
  const { code, stderr } = wait(600, {}, ["web-1"]);
  expect(code).toBe(1);
  expect(stderr).toContain("homeport: pi no longer has web-1: run 'pulumi up --refresh'");
});

test("it says how long so far", () => {
  const states = `${"starting running 0\n".repeat(11)}healthy running 0\n`;
  expect(wait(60, { "web-1": { states } }).stdout).toMatch(/^waiting until web-1 is healthy on pi: 1\d s so far\n/);
}, 60_000);

test("one that was created and never started is reported, with what recreates it", () => {
  const { code, stderr } = wait(60, { "web-1": { states: "none created 0\n" } });
  expect(code).toBe(1);
  expect(stderr).toBe(
    "homeport: web-1 was created on pi and never started, as when an 'up' is cut off: 'npm run recover' recreates it\n",
  );
});
