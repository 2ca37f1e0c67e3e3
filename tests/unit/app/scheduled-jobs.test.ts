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
/** The same, which soon gives up. Only where the wait is to run out: bash counts whole seconds of the clock, so two may be over after one. */
const IMPATIENT = path.join(root, "impatient-job.sh");
writeFiles(root, {
  "job.sh": withSetting(script("app/scheduled-job.sh"), "SERVING_SECONDS=60"),
  "impatient-job.sh": withSetting(script("app/scheduled-job.sh"), "SERVING_SECONDS=2"),
});

/** What serves is a line of `serving` for each time it is asked; the last stays. What runs in a container runs here. */
const DOCKER = `case $1 in
  ps)
    shift && echo "$*" >"$FAKES/filters"
    if [ -e "$FAKES/starting" ]; then rm "$FAKES/starting"; echo "Cannot connect to the Docker daemon" >&2; exit 1; fi
    head -n 1 "$FAKES/serving"
    [ "$(wc -l <"$FAKES/serving")" -le 1 ] || sed -i 1d "$FAKES/serving" ;;
  exec) echo "$2" >>"$FAKES/asked" && shift 2 && exec "$@" ;;
esac
`;

function server(serving: string, command: string): FakePrograms {
  const fakes = new FakePrograms(root, { docker: DOCKER, sleep: "" });
  writeFiles(fakes.directory, { serving, command });
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

test("a job runs in the healthy container of the application, whatever its text is", () => {
  const fakes = server("0123abcd\n", `echo "it's 100% done" \\\n  again\n`);
  expect(run(fakes)).toEqual({ code: 0, stdout: "it's 100% done again\n", stderr: "" });
  expect(fakes.read("asked")).toBe("0123abcd\n");
  expect(fakes.read("filters")).toBe(
    "--quiet --filter label=homeport.app=homeport-dev --filter label=homeport.role=web --filter health=healthy\n",
  );
});

test("it waits for a container that serves, as after a start of the machine", () => {
  const fakes = server("\n\n0123abcd\n", "echo done\n");
  expect(run(fakes)).toEqual({ code: 0, stdout: "done\n", stderr: "" });
});

test("it waits for Docker itself, as after a start of the machine", () => {
  const fakes = server("0123abcd\n", "echo done\n");
  writeFiles(fakes.directory, { starting: "" });
  expect(run(fakes)).toEqual({ code: 0, stdout: "done\n", stderr: "Cannot connect to the Docker daemon\n" });
});

test("without one it fails, and says so", () => {
  const fakes = server("\n", "echo done\n");
  expect(run(fakes, IMPATIENT)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "homeport: the job clean-up did not run: no container of homeport-dev has been healthy here for 2 s: see 'npm run status', then run 'pulumi up'\n",
  });
});

test("its first failure ends it", () => {
  const fakes = server("0123abcd\n", "echo before\n(exit 3)\necho after\n");
  expect(run(fakes)).toEqual({
    code: 1,
    stdout: "before\n",
    stderr: "homeport: the job clean-up of homeport-dev failed with exit code 3\n",
  });
});

test("it never overlaps itself", async () => {
  const fakes = server("0123abcd\n", 'echo at work\nread -r _ <"$FAKES/pipe"\n');
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
