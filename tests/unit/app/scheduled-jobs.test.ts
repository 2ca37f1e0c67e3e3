import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";

import { jobsSpec } from "../../../components/app/scheduled-jobs";
import { EMPTY_SPEC } from "../../../components/machine/host-spec";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { script } from "../../../components/machine/scripts";
import { FakePrograms, withSetting } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();
const SCRIPT = path.join(root, "job.sh");
/** The same, which asks once. */
const IMPATIENT = path.join(root, "impatient-job.sh");
const TEXT = withSetting(script("app/scheduled-job.sh"), "SERVES=$FAKES");
writeFiles(root, {
  "job.sh": withSetting(TEXT, "SERVING_SECONDS=60"),
  "impatient-job.sh": withSetting(TEXT, "SERVING_SECONDS=0"),
});

/** What runs is a line of `running` for each time it is asked, of names; the last stays. What runs in a container runs here. */
const DOCKER = `case $1 in
  ps)
    shift && echo "$*" >"$FAKES/filters"
    if [ -e "$FAKES/starting" ]; then rm "$FAKES/starting"; echo "Cannot connect to the Docker daemon" >&2; exit 1; fi
    head -n 1 "$FAKES/running" | tr ' ' '\\n'
    [ "$(wc -l <"$FAKES/running")" -le 1 ] || sed -i 1d "$FAKES/running" ;;
  exec) echo "$2 $3 $4" >>"$FAKES/asked" && shift 4 && exec "$@" ;;
esac
`;

/** `serves`: the containers of the routes of this server's stacks. */
function server(running: string, command: string, serves = "homeport-dev web-old\nhomeport-dev web-1\n"): FakePrograms {
  const fakes = new FakePrograms(root, { docker: DOCKER, sleep: "" });
  writeFiles(fakes.directory, { running, command, "bundle/serves": "shop shop-1\n", "other/serves": serves });
  return fakes;
}

/** As the unit starts it. */
function job(fakes: FakePrograms, program = SCRIPT): { words: string[]; env: NodeJS.ProcessEnv } {
  const at = (name: string): string => path.join(fakes.directory, name);
  return {
    words: [program, "homeport-dev", "clean-up", at("command"), at("lock")],
    env: { PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`, FAKES: fakes.directory },
  };
}

function run(fakes: FakePrograms, program = SCRIPT): Ended {
  const { words, env } = job(fakes, program);
  const { status, stdout, stderr } = spawnSync("bash", words, { env, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

test("a job runs in the container that serves the application, with its environment, whatever its text is", () => {
  const fakes = server("web-1\n", `echo "it's 100% done" \\\n  again\n`);
  expect(run(fakes)).toEqual({ code: 0, stdout: "it's 100% done again\n", stderr: "" });
  expect(fakes.read("asked")).toBe("web-1 /opt/homeport/launch --inside\n");
  expect(fakes.read("filters")).toBe(
    "--filter label=homeport.app=homeport-dev --filter label=homeport.role=web --format {{.Names}}\n",
  );
});

test("it waits for a container that serves, as after a start of the machine", () => {
  const fakes = server("\n\nweb-1\n", "echo done\n");
  expect(run(fakes)).toEqual({ code: 0, stdout: "done\n", stderr: "" });
});

test("a newer one, which no route names yet, is passed over", () => {
  const fakes = server("web-2 web-1 web-old\n", "echo done\n");
  expect(run(fakes)).toEqual({ code: 0, stdout: "done\n", stderr: "" });
  expect(fakes.read("asked")).toBe("web-1 /opt/homeport/launch --inside\n");
});

test("it waits for Docker itself, as after a start of the machine", () => {
  const fakes = server("web-1\n", "echo done\n");
  writeFiles(fakes.directory, { starting: "" });
  expect(run(fakes)).toEqual({ code: 0, stdout: "done\n", stderr: "Cannot connect to the Docker daemon\n" });
});

test.each([
  ["none runs", "\n"],
  ["one runs that no route names", "web-2 shop-1\n"],
])("where %s it fails, and says so", (_, running) => {
  const fakes = server(running, "echo done\n");
  expect(run(fakes, IMPATIENT)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "homeport: the job clean-up did not run: no container of homeport-dev has served here for 0 s: see 'npm run status', then run 'pulumi up'\n",
  });
});

test("its first failure ends it", () => {
  const fakes = server("web-1\n", "echo before\n(exit 3)\necho after\n");
  expect(run(fakes)).toEqual({
    code: 1,
    stdout: "before\n",
    stderr: "homeport: the job clean-up of homeport-dev failed with exit code 3\n",
  });
});

test("it never overlaps itself", async () => {
  const fakes = server("web-1\n", 'echo at work\nread -r _ <"$FAKES/pipe"\n');
  spawnSync("mkfifo", [path.join(fakes.directory, "pipe")]);
  const { words, env } = job(fakes);
  const first = spawn("bash", words, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(first, "exit");
  await once(first.stdout, "data");
  expect(run(fakes)).toEqual({
    code: 1,
    stdout: "",
    stderr: "homeport: the job clean-up did not run: its last run is still going\n",
  });
  writeFiles(fakes.directory, { pipe: "go on\n" });
  expect(await ended).toEqual([0, null]);
  writeFiles(fakes.directory, { command: "echo again\n" });
  expect(run(fakes)).toEqual({ code: 0, stdout: "again\n", stderr: "" });
});

describe("the jobs in a server's desired state", () => {
  test("is nothing without any", () => {
    expect(jobsSpec("homeport-dev", [])).toEqual(EMPTY_SPEC);
  });

  test("is a timer each, which goes with its marks", () => {
    const spec = jobsSpec("homeport-dev", [{ name: "news", schedule: "daily", command: "true" }]);
    expect(spec.units).toEqual(["homeport-job-homeport-dev-news.timer"]);
    expect(spec.leftovers).toEqual(["/var/lib/systemd/timers/stamp-homeport-job-homeport-dev-news.timer"]);
    expect(spec.needs.map(({ command }) => command)).toEqual(["systemd-analyze calendar 'daily' >/dev/null"]);
  });
});
