import { readFileSync } from "node:fs";

import { FakePrograms } from "../../support/script-run";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const root = temporaryDirectory();

/**
 * An engine with containers of the application `blog`, `NAME PROCESS STATE` in a line, the newest first; PROCESS is web or one of its processes. What it is
 * asked to do it writes down, and runs nothing.
 */
const DOCKER = `case "$1" in
  ps) case "$*" in
    *homeport.app=blog*)
      process=web
      case "$*" in *homeport.process=*) process=\${*##*homeport.process=}; process=\${process%% *} ;; esac
      state=running
      case "$*" in *--all*) state= ;; esac
      grep "^[^ ]* $process $state" "$FAKES/blog" | cut -d' ' -f1 ;;
    *homeport.owner=*) echo 'container c0ffee app-web-1' ;; esac ;;
  network) [ "$2" = rm ] || echo 'network beef traefik-web-1' ;;
esac
case "$1 $2" in
  "exec --env-file") cp "$3" "$FAKES/variables"; stat -c %a "$3" >"$FAKES/mode"; echo "$3" >"$FAKES/file" ;;
esac
case "$1 $2" in ps* | "network ls") ;; *) printf '%s|' "$@" >>"$FAKES/asked"; echo >>"$FAKES/asked" ;; esac
[ "$1" != exec ] || exit 7
`;

/** Root's files: what the routes of this server's stacks name. */
const SUDO = 'cat "$FAKES/serves"\n';

let machine: FakePrograms;
beforeEach(() => {
  machine = new FakePrograms(root, { docker: DOCKER, id: "echo 1000\n", sudo: SUDO });
  writeFiles(machine.directory, { serves: "shop shop-1\nblog web-1\nblog worker-1\n" });
  has("web-1 web running", "worker-1 worker running");
});

function has(...containers: string[]): void {
  writeFiles(machine.directory, { blog: containers.map((one) => `${one}\n`).join("") });
}

/** Starts what follows with the environment of the process that serves. */
const INSIDE = "/opt/homeport/launch|--inside";

describe("in the container of an application", () => {
  const run = (words: string[], input = "", process = "web") =>
    machine.command("in-container.sh", ["blog", process, ...words], input);

  test("a command is run word by word, and its exit code is handed on", () => {
    expect(run(["run", "python", "manage.py", "it's $HOME"])).toMatchObject({ code: 7, stderr: "" });
    expect(machine.read("asked")).toBe(`exec|--interactive|web-1|${INSIDE}|python|manage.py|it's $HOME|\n`);
  });

  test("or in that of one of its processes", () => {
    expect(run(["run", "ls"], "", "worker")).toMatchObject({ code: 7, stderr: "" });
    expect(machine.read("asked")).toBe(`exec|--interactive|worker-1|${INSIDE}|ls|\n`);
  });

  test("variables go by a file that only their user reads, in no process's arguments, and it is gone afterwards", () => {
    const variables = "DJANGO_SUPERUSER_PASSWORD=very secret\n";
    expect(run(["with-env", "python", "manage.py"], variables)).toMatchObject({ code: 7 });
    expect(machine.read("variables")).toBe(variables);
    expect(machine.read("mode")).toBe("600\n");
    expect(machine.read("asked")).not.toContain("secret");
    expect(machine.read("file")).toMatch(/^\/dev\/shm\/homeport\.\w+\n$/);
    expect(() => readFileSync(machine.read("file").trim())).toThrow("ENOENT");
  });

  test("the log is shown with the options that were given", () => {
    expect(run(["logs", "-f", "--since", "1h"])).toMatchObject({ code: 0 });
    expect(machine.read("asked")).toBe("logs|-f|--since|1h|web-1|\n");
  });

  test.each([
    [["run", "ls"], `exec|--interactive|web-1|${INSIDE}|ls|\n`],
    [["logs"], "logs|web-1|\n"],
  ])("one that a deploy has left behind, or that serves no more, is passed over: %j", (words, asked) => {
    has("web-3 web exited", "web-2 web running", "web-1 web running", "web-0 web running");
    expect(run(words).stderr).toBe("");
    expect(machine.read("asked")).toBe(asked);
  });

  test("where none that serves runs the newest is taken, and that is said", () => {
    has("web-3 web exited", "web-2 web running", "web-1 web exited");
    expect(run(["run", "ls"])).toEqual({
      code: 7,
      stdout: "",
      stderr:
        "homeport: the container of blog (web) that should serve is not running here; using the newest: see npm run logs and npm run status\n",
    });
    expect(machine.read("asked")).toBe(`exec|--interactive|web-2|${INSIDE}|ls|\n`);
  });

  test("of one that has ended there is a log, and nothing can be run in it", () => {
    has("web-2 web exited");
    expect(run(["run", "ls"])).toMatchObject({ code: 1, stderr: expect.stringContaining("is running here") as string });
    expect(run(["logs"])).toMatchObject({ code: 0, stderr: expect.stringContaining("is not running here") as string });
    expect(machine.read("asked")).toBe("logs|web-2|\n");
  });

  test("of a process that there is not, that is said", () => {
    expect(run(["run", "ls"], "", "beat")).toEqual({
      code: 1,
      stdout: "",
      stderr: "homeport: no container of blog (beat) is running here: see npm run status; pulumi up starts one\n",
    });
  });
});

test("what a stack has made on an engine is listed, and containers are removed before their networks", () => {
  expect(machine.command("containers-of.sh", ["homeport/dev"]).stdout).toBe(
    "container c0ffee app-web-1\nnetwork beef traefik-web-1\n",
  );
  expect(machine.command("remove-containers.sh", ["network beef", "container c0ffee"])).toMatchObject({ code: 0 });
  expect(machine.read("asked")).toBe("rm|--force|c0ffee|\nnetwork|rm|beef|\n");
});

describe("where the engine or root's files cannot be asked", () => {
  const FAILING = `echo "Cannot connect to the Docker daemon" >&2; exit 1\n`;

  test("nothing is listed for removal: what serves could be among it", () => {
    const guarded = new FakePrograms(root, {
      docker: DOCKER,
      id: "echo 1000\n",
      sudo: "echo 'a password is required' >&2; exit 1\n",
    });
    writeFiles(guarded.directory, { blog: "" });
    expect(guarded.command("containers-of.sh", ["homeport/dev"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "a password is required\n",
    });
  });

  test.each([
    ["containers-of.sh", ["homeport/dev"]],
    ["in-container.sh", ["blog", "web", "run", "ls"]],
  ])("%s fails with the engine's words, and claims nothing", (name, words) => {
    const { code, stdout, stderr } = new FakePrograms(root, { docker: FAILING, id: "echo 1000\n", sudo: "" }).command(
      name,
      words,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon\n" });
  });
});

test("what is neither a container nor a network is refused before anything is removed", () => {
  const { code, stderr } = machine.command("remove-containers.sh", ["container c0ffee", "volume data"]);
  expect(code).toBe(1);
  expect(stderr).toContain('homeport: "volume data" is neither a container nor a network');
  expect(machine.read("asked")).toBe("");
});
