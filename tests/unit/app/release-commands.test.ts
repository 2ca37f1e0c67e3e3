import { releaseScript } from "../../../components/app/release-commands";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

const STEP = "homeport: runs python manage.py migrate\n";

/**
 * One container as files. `log` is what it has said so far, `next` what it will end with, as `CODE OOM-KILLED`; without that file it runs on. It ends when
 * its state is asked for the second time: until then it runs.
 */
const DOCKER = `cd "$FAKES/container"
for name; do :; done
[ "$name" = app-release-1a2b3c4 ] || { echo "Error: No such object: $name" >&2; exit 1; }
case $1 in
  inspect) case $3 in
    *Pid*) cat pid ;;
    *Status*)
      if [ "$(cat status)" = running ]; then
        echo >>looks
        [ ! -e next ] || [ "$(wc -l <looks)" -lt 2 ] || { mv next end; echo exited >status; }
      fi
      cat status ;;
    *ExitCode*) cut -d' ' -f1 end ;;
    *OOMKilled*) cut -d' ' -f2 end ;; esac ;;
  start) echo "$*" >>asked; echo running >status ;;
  logs) case $2 in --follow) echo "$*" >>asked ;; esac; cat log ;;
  kill) echo "$*" >>asked; echo exited >status ;;
esac
`;

interface Container {
  readonly status: "created" | "running" | "exited";
  /** Exit code so far. */
  readonly code?: number;
  /** How a run will end; null: never. */
  readonly next?: string | null;
  /** Its name, as the program knows it. */
  readonly name?: string;
  readonly log?: string;
  /** For all commands. */
  readonly seconds?: number;
  /** Whether the settings name the commands. */
  readonly chosen?: boolean;
  /** What the kernel says of its sockets. */
  readonly listens?: string;
}

interface Outcome {
  readonly ended: Ended;
  readonly asked: string;
}

function release(container: Container): Outcome {
  const { status, code = 0, next = "0 false", name = "app-release-1a2b3c4", seconds = 60, listens = "" } = container;
  const server = new FakePrograms(root, { docker: DOCKER, sleep: "" });
  const proc = `${server.directory}/proc`;
  const log = container.log ?? `${STEP}Applying weblog.0001_initial\n`;
  writeFiles(`${server.directory}/container`, { status, end: `${code} false`, log, pid: "4711\n", looks: "" });
  if (next !== null) writeFiles(`${server.directory}/container`, { next });
  writeFiles(proc, { "4711/net/tcp": listens });
  const choice = container.chosen === false ? "default" : "chosen";
  const data = `homeport-dev\npi\n${name}\n${seconds}\n${choice}\n`;
  const ended = server.pipe("app/release-commands.sh", data, `PROC=${proc}`, "SWALLOW_SECONDS=0");
  return { ended, asked: server.read("container/asked") };
}

const STARTED = "start app-release-1a2b3c4\n";

test("a container that was made is run, and what it says is shown as it comes", () => {
  const { ended, asked } = release({ status: "created" });
  expect(ended).toEqual({
    code: 0,
    stdout: `releasing homeport-dev on pi\n${STEP}Applying weblog.0001_initial\nhomeport-dev is released\n`,
    stderr: "",
  });
  expect(asked).toMatch(/^start app-release-1a2b3c4\nlogs --follow --since \d+ app-release-1a2b3c4\n$/);
});

test("what ended well is not run again", () => {
  const { ended, asked } = release({ status: "exited" });
  expect(ended).toEqual({ code: 0, stdout: "homeport-dev is released\n", stderr: "" });
  expect(asked).toBe("");
});

test("what failed before is run again", () => {
  const { ended, asked } = release({ status: "exited", code: 1 });
  expect(ended.code).toBe(0);
  expect(asked).toContain(STARTED);
});

test("what a run that was cut off has left at work is waited for", () => {
  const { ended, asked } = release({ status: "running" });
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^homeport-dev is being released on pi\n/) as string,
  });
  expect(asked).not.toContain("start");
});

test.each([
  [true, "of app.release"],
  [false, "one of Homeport's defaults; app.release replaces them"],
])("a failure names the command, and whose it is (chosen: %s)", (chosen, whose) => {
  const { ended } = release({ status: "created", next: "3 false", chosen });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    `homeport: the release of homeport-dev failed on pi with exit code 3 in: python manage.py migrate (${whose}); ` +
      "the previous version still serves. Fix the error in its lines above, then run 'pulumi up' again\n",
  );
});

test("a failure with a known cause says it; the lines are not shown twice", () => {
  const log = `${STEP}KeyError: 'STRIPE_KEY'\n`;
  const { ended } = release({ status: "created", next: "1 false", log });
  expect(ended.stderr).toContain("It reads the variable STRIPE_KEY: set it in app.environment,");
  expect(ended.stderr.split("\n")).toHaveLength(2);
  expect(ended.stdout.split("KeyError")).toHaveLength(2);
});

test("a want of memory is reported with what to do", () => {
  const { ended } = release({ status: "created", next: "137 true" });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    "homeport: the release commands of homeport-dev ran out of memory on pi (app.memoryMb): raise it and run 'pulumi up' again\n",
  );
});

test("what does not end in time is ended, with the command that it was in", () => {
  const { ended, asked } = release({ status: "created", next: null, seconds: 0 });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toBe(
    "homeport: the release commands of homeport-dev did not end on pi within 0 s (app.releaseSeconds); they were in: " +
      "python manage.py migrate; the previous version still serves. Raise app.releaseSeconds, or correct the command, and run 'pulumi up' again\n",
  );
  expect(asked).toMatch(/\nkill app-release-1a2b3c4\n$/);
});

describe("an ENTRYPOINT", () => {
  const listens = "head\n 0: 00000000:1F40 0:0 0A\n";

  test("that serves instead of running the commands is told from them, at once", () => {
    const { ended, asked } = release({
      status: "created",
      next: null,
      log: "Listening at: 8000\n",
      listens,
      seconds: 600,
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      "homeport: the image's ENTRYPOINT starts its server whatever command it is given, so the release commands of homeport-dev never ran on pi;",
    );
    expect(ended.stderr).toContain("Set app.releaseEntrypoint to false");
    expect(asked).toMatch(/\nkill app-release-1a2b3c4\n$/);
  });

  test("that waits for something else first may take its time", () => {
    const { ended } = release({ status: "created", log: "waiting for the database\n" });
    expect(ended.code).toBe(0);
  });

  test("that has come to the commands is none of that, though one of them listens", () => {
    expect(release({ status: "created", listens }).ended.code).toBe(0);
  });
});

test("a container that is gone is reported with how it comes back", () => {
  const { ended } = release({ status: "created", name: "another" });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("No such object: another");
  expect(ended.stderr).toContain("homeport: pi no longer has another: run 'pulumi up --refresh'");
});

test("each command is announced before it runs, whatever is in it", () => {
  expect(releaseScript({ commands: ["migrate", "echo 'a'\necho b"], byDefault: false })).toBe(
    [
      "echo 'homeport: runs migrate'",
      "migrate",
      `echo 'homeport: runs echo '\\''a'\\''; echo b'`,
      "echo 'a'",
      "echo b",
    ].join("\n"),
  );
  expect(releaseScript({ commands: [], byDefault: false })).toBe("");
});
