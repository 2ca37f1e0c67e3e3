import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

/** One container as files; how it ends is in `end`, as `CODE OOM-KILLED`. */
const DOCKER = `cd "$FAKES/container"
for name; do :; done
[ "$name" = app-release-1a2b3c4 ] || { echo "Error: No such object: $name" >&2; exit 1; }
case $1 in
  inspect) case $3 in *Status*) cat status ;; *ExitCode*) cut -d' ' -f1 end ;; *OOMKilled*) cut -d' ' -f2 end ;; esac ;;
  start | attach)
    echo "$*" >>asked
    echo Applying weblog.0001_initial
    [ ! -e takes ] || sleep "$(cat takes)"
    echo exited >status
    [ ! -e next ] || mv next end
    exit "$(cut -d' ' -f1 end)" ;;
esac
`;

interface Container {
  readonly status: "created" | "running" | "exited";
  /** Exit code so far. */
  readonly code?: number;
  /** How a run will end. */
  readonly next?: string;
  /** Its name, as the program knows it. */
  readonly name?: string;
  /** How long a run takes, seconds. */
  readonly takes?: string;
}

function release({ status, code = 0, next = "0 false", name = "app-release-1a2b3c4", takes = "0" }: Container): {
  ended: Ended;
  asked: string;
} {
  const server = new FakePrograms(root, { docker: DOCKER });
  writeFiles(`${server.directory}/container`, { status, end: `${code} false`, next, takes });
  const ended = server.pipe("app/release-commands.sh", `homeport-dev\npi\n${name}\n`);
  return { ended, asked: server.read("container/asked") };
}

const STARTED = "start --attach app-release-1a2b3c4\n";

test("a container that was made is run, and what it says is shown", () => {
  const { ended, asked } = release({ status: "created" });
  expect(ended).toEqual({
    code: 0,
    stdout: "releasing homeport-dev on pi\nApplying weblog.0001_initial\nhomeport-dev is released\n",
    stderr: "",
  });
  expect(asked).toBe(STARTED);
});

test("what ended well is not run again", () => {
  const { ended, asked } = release({ status: "exited" });
  expect(ended).toEqual({ code: 0, stdout: "homeport-dev is released\n", stderr: "" });
  expect(asked).toBe("");
});

test("what failed before is run again", () => {
  const { ended, asked } = release({ status: "exited", code: 1 });
  expect(ended.code).toBe(0);
  expect(asked).toBe(STARTED);
});

test("what a run that was cut off has left at work is waited for", () => {
  const { ended, asked } = release({ status: "running" });
  expect(ended.code).toBe(0);
  expect(asked).toBe("attach --no-stdin --sig-proxy=false app-release-1a2b3c4\n");
});

test.each([
  ["failure", "3 false", "the release commands of homeport-dev on pi exited with 3; the previous version still serves."],
  [
    "want of memory",
    "137 true",
    "the release commands of homeport-dev ran out of memory on pi (app.memoryMb)",
  ],
])("a %s is reported with what to do", (_, next, message) => {
  const { ended } = release({ status: "created", next });
  expect(ended.code).toBe(1);
  expect(ended.stdout).toBe("releasing homeport-dev on pi\nApplying weblog.0001_initial\n");
  expect(ended.stderr).toContain(`homeport: ${message}`);
  expect(ended.stderr).toContain("run 'pulumi up' again");
});

test("it says how long so far", () => {
  expect(release({ status: "created", takes: "11" }).ended.stdout).toMatch(
    /^releasing homeport-dev on pi\nApplying .*\nreleasing homeport-dev on pi: 1\d s so far\nhomeport-dev is released\n$/,
  );
}, 60_000);

test("a container that is gone is reported with how it comes back", () => {
  const { ended } = release({ status: "created", name: "another" });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("No such object: another");
  expect(ended.stderr).toContain("homeport: pi no longer has another: run 'pulumi up --refresh'");
});
