import { readFileSync } from "node:fs";

import { FakePrograms } from "../../support/script-run";
import { temporaryDirectory, writeFiles } from "../../support/directory";

const root = temporaryDirectory();

/**
 * An engine with containers of the application `blog`, `ID HEALTH` in a line, the newest first; a health of `exited` is none. What it is asked to do it
 * writes down, and runs nothing.
 */
const DOCKER = `case "$1" in
  ps) case "$*" in
    *homeport.app=blog*health=healthy*) grep ' healthy$' "$FAKES/blog" | cut -d' ' -f1 ;;
    *homeport.app=blog*--all*) cut -d' ' -f1 "$FAKES/blog" ;;
    *homeport.app=blog*) grep -v ' exited$' "$FAKES/blog" | cut -d' ' -f1 ;;
    *homeport.owner=*) echo 'container c0ffee app-web-1' ;; esac ;;
  network) [ "$2" = rm ] || echo 'network beef traefik-web-1' ;;
esac
case "$1 $2" in
  "exec --env-file") cp "$3" "$FAKES/variables"; stat -c %a "$3" >"$FAKES/mode"; echo "$3" >"$FAKES/file" ;;
esac
case "$1 $2" in ps* | "network ls") ;; *) printf '%s|' "$@" >>"$FAKES/asked"; echo >>"$FAKES/asked" ;; esac
[ "$1" != exec ] || exit 7
`;

let machine: FakePrograms;
beforeEach(() => {
  machine = new FakePrograms(root, { docker: DOCKER });
  has("c0ffee healthy");
});

function has(...containers: string[]): void {
  writeFiles(machine.directory, { blog: containers.map((one) => `${one}\n`).join("") });
}

describe("in the container of an application", () => {
  const run = (words: string[], input = "") => machine.command("in-container.sh", ["blog", ...words], input);

  test("a command is run word by word, and its exit code is handed on", () => {
    expect(run(["run", "python", "manage.py", "it's $HOME"])).toMatchObject({ code: 7, stderr: "" });
    expect(machine.read("asked")).toBe("exec|--interactive|c0ffee|python|manage.py|it's $HOME|\n");
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
    expect(machine.read("asked")).toBe("logs|-f|--since|1h|c0ffee|\n");
  });

  test.each([
    [["run", "ls"], "exec|--interactive|c0ffee|ls|\n"],
    [["logs"], "logs|c0ffee|\n"],
  ])("one that a deploy has left behind is passed over: %j", (words, asked) => {
    has("badbad unhealthy", "decade starting", "c0ffee healthy", "01d01d healthy");
    expect(run(words).stderr).toBe("");
    expect(machine.read("asked")).toBe(asked);
  });

  test("where none is healthy the newest is taken, and that is said", () => {
    has("badbad exited", "decade starting", "01d01d unhealthy");
    expect(run(["run", "ls"])).toEqual({
      code: 7,
      stdout: "",
      stderr: "homeport: no container of blog is healthy here; using the newest: see npm run logs and npm run status\n",
    });
    expect(machine.read("asked")).toBe("exec|--interactive|decade|ls|\n");
  });

  test("of one that has ended there is a log, and nothing can be run in it", () => {
    has("badbad exited");
    expect(run(["run", "ls"])).toMatchObject({ code: 1, stderr: expect.stringContaining("is running here") as string });
    expect(run(["logs"])).toMatchObject({ code: 0, stderr: expect.stringContaining("is healthy here") as string });
    expect(machine.read("asked")).toBe("logs|badbad|\n");
  });
});

test("where no container serves that is reported, with the remedy", () => {
  expect(machine.command("in-container.sh", ["shop", "run", "ls"])).toEqual({
    code: 1,
    stdout: "",
    stderr: "homeport: no container of shop is running here: see npm run status; pulumi up starts one\n",
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
    ["in-container.sh", ["blog", "run", "ls"]],
  ])("%s fails with the engine's words, and claims nothing", (name, words) => {
    const { code, stdout, stderr } = new FakePrograms(root, { docker: FAILING }).command(name, words);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: "Cannot connect to the Docker daemon\n" });
  });
});

test("what is neither a container nor a network is refused before anything is removed", () => {
  const { code, stderr } = machine.command("remove-containers.sh", ["container c0ffee", "volume data"]);
  expect(code).toBe(1);
  expect(stderr).toContain('homeport: "volume data" is neither a container nor a network');
  expect(machine.read("asked")).toBe("");
});

describe("what a machine tells of a site", () => {
  test("are the parts that it is asked for, in this order, and no other", () => {
    const status = machine.command("server-status.sh", ["blog", "containers", "certificates", "data"]).stdout;
    expect(status.split("\n").filter((line) => /^\w/.test(line) && line !== "c0ffee")).toEqual([
      "containers:",
      "certificates:",
      expect.stringMatching(/^data: /),
    ]);
    expect(status).toContain("\n  not known yet\n");
    expect(machine.command("server-status.sh", ["blog", "data"]).stdout).toMatch(/^data: .*\n$/);
  });
});
