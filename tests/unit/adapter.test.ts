import { ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { once } from "node:events";
import * as path from "node:path";

import { adapterDigest, adapterSpec } from "../../components/app/adapter-files";
import { temporaryDirectory, writeFiles } from "../support/directory";
import { describeWhere, Ended } from "../support/tools";

const SOURCE = path.join(__dirname, "..", "..", "adapter");
const root = temporaryDirectory();

/** A container's file system in a directory: the adapter's programs with the paths of that directory, and a mark of their own, as this machine may run others. */
class Container {
  public readonly directory = mkdtempSync(path.join(root, "container-"));

  public constructor(files: Readonly<Record<string, string>> = {}) {
    const programs = ["launch", "manage", "inside.py"].map(
      (name) => [`opt/homeport/${name}`, this.here(name)] as const,
    );
    writeFiles(this.directory, Object.fromEntries(programs), 0o755);
    writeFiles(this.directory, {
      "run/secrets/environment.sh": "export SECRET_KEY='it'\\''s $HOME'\n",
      "app/.keep": "",
      ...files,
    });
  }

  /** The variable that marks what its launcher has started. */
  public get mark(): string {
    return `LAUNCHED_${path.basename(this.directory).replaceAll(/\W/g, "_")}`;
  }

  public program(name: string): string {
    return path.join(this.directory, "opt/homeport", name);
  }

  /** `environment`: all of it, but for PATH. */
  public run(words: readonly string[], environment: Readonly<Record<string, string>> = {}, at = "app"): Ended {
    const [program = "", ...rest] = words;
    const { status, stdout, stderr } = spawnSync(program, rest, {
      cwd: path.join(this.directory, at),
      env: { PATH: process.env["PATH"] ?? "", ...environment },
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  }

  private here(name: string): string {
    return readFileSync(path.join(SOURCE, name), "utf8")
      .replaceAll(/\/(run\/secrets|opt\/homeport)\b/g, `${this.directory}/$1`)
      .replaceAll("HOMEPORT_LAUNCHED", this.mark);
  }
}

describe("the launcher", () => {
  test("starts a program word by word, with the secrets and Homeport's package, and ends as it does", () => {
    const container = new Container();
    const words = [
      "sh",
      "-c",
      `printf "%s|" "$SECRET_KEY" "$PYTHONPATH" "$${container.mark}" "$HOME" "$@"; exit 7`,
      "sh",
      "a b",
      "$c",
    ];
    const home = container.directory;
    expect(container.run([container.program("launch"), ...words], { HOME: home })).toEqual({
      code: 7,
      stdout: `it's $HOME|${home}/opt/homeport/python|1|${home}|a b|$c|`,
      stderr: "",
    });
  });

  test("puts the settings' options of Gunicorn behind the image's, which stay", () => {
    const options = (environment: Readonly<Record<string, string>>): string => {
      const container = new Container();
      return container.run([container.program("launch"), "printenv", "GUNICORN_CMD_ARGS"], environment).stdout.trim();
    };
    const both = { GUNICORN_CMD_ARGS: "--threads 4", HOMEPORT_GUNICORN: "--timeout 60" };
    expect(options({ ...both, HOMEPORT_SITE: "{}" })).toBe(
      "--config python:homeport_django.gunicorn --threads 4 --timeout 60",
    );
    expect(options(both)).toBe("--threads 4 --timeout 60");
    expect(options({})).toBe("");
  });

  test("keeps the image's own PYTHONPATH behind it", () => {
    const container = new Container();
    const { stdout } = container.run([container.program("launch"), "printenv", "PYTHONPATH"], {
      PYTHONPATH: "/app/src",
    });
    expect(stdout).toBe(`${container.directory}/opt/homeport/python:/app/src\n`);
  });

  test.each([[{}], [{ HOME: "/nonexistent" }]])(
    "gives a user without a home directory one in memory (%j)",
    (environment) => {
      const container = new Container();
      expect(container.run([container.program("launch"), "printenv", "HOME"], environment).stdout).toBe("/tmp\n");
    },
  );

  test("is the program afterwards, so that this gets the stop signal", async () => {
    const container = new Container();
    const child = spawn(container.program("launch"), ["sleep", "60"], { stdio: "ignore" });
    try {
      await until(() => commandOf(child) === "sleep");
    } finally {
      child.kill();
    }
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
  });

  test("does not start anything without the secrets", () => {
    const container = new Container();
    writeFiles(container.directory, { "run/secrets/environment.sh": "false\n" });
    const { code, stdout } = container.run([container.program("launch"), "echo", "started"]);
    expect([code === 0, stdout]).toEqual([false, ""]);
  });
});

/** As the first process of a container. */
const FIRST = ["--pid", "--fork", "--kill-child"];

function noFirstProcess(): string | undefined {
  const { error, status, stderr } = spawnSync("unshare", [...FIRST, "true"], { encoding: "utf8" });
  return error === undefined && status === 0
    ? undefined
    : `needs a namespace of processes: ${error?.message ?? stderr}`;
}

describeWhere("the launcher as a container's first process", noFirstProcess(), () => {
  const first = (command: string): ChildProcess =>
    spawn("unshare", [...FIRST, new Container().program("launch"), "/bin/sh", "-c", command], {
      stdio: ["ignore", "pipe", "inherit"],
    });

  test("ends as the shell does that a CMD without brackets is", async () => {
    expect(await once(first("echo begun; exit 7"), "exit")).toEqual([7, null]);
  });

  test("hands a stop signal on to the program behind that shell, and lets it come to its end", async () => {
    const server = `trap "sleep 0.1; echo drained; exit 0" TERM; echo ready; while :; do sleep 0.02; done`;
    const child = first(`true && sh -c '${server}'; exit 6`);
    let told = "";
    child.stdout?.on("data", (text) => (told += String(text)));
    await until(() => told === "ready\n");
    const inner = readFileSync(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`, "utf8").trim();
    process.kill(Number(inner), "SIGTERM");
    // 128 + SIGTERM: the shell before it has got the signal, too.
    expect(await once(child, "close")).toEqual([143, null]);
    expect(told).toBe("ready\ndrained\n");
  });
});

describe("beside the process that serves", () => {
  test("a program has its environment, and the terminal's own", async () => {
    const container = new Container();
    // As an ENTRYPOINT that exports, then becomes the server.
    const entrypoint = `export FROM_ENTRYPOINT=${path.basename(container.directory)} TERM=dumb; exec sleep 60`;
    const serving = spawn(container.program("launch"), ["sh", "-c", entrypoint], { stdio: "ignore" });
    try {
      await until(() => commandOf(serving) === "sleep");
      const { code, stdout, stderr } = container.run(
        [
          container.program("launch"),
          "--inside",
          "sh",
          "-c",
          'echo "$FROM_ENTRYPOINT $SECRET_KEY $TERM $1"; exit 5',
          "sh",
          "a b",
        ],
        { TERM: "xterm" },
      );
      expect({ code, stdout, stderr }).toEqual({
        code: 5,
        stdout: `${path.basename(container.directory)} it's $HOME xterm a b\n`,
        stderr: "",
      });
    } finally {
      serving.kill();
      await once(serving, "exit");
    }
  });

  test("what cannot be run is said", () => {
    const container = new Container();
    const { code, stderr } = container.run([container.program("launch"), "--inside", "no-such-program"]);
    expect([code, stderr]).toEqual([1, "homeport: cannot run no-such-program: No such file or directory\n"]);
  });

  test("an image without Python has what the launcher gives", () => {
    const container = new Container({ "bin/.keep": "" });
    const bin = path.join(container.directory, "bin");
    spawnSync("sh", ["-c", `for one in sh printenv; do ln -s "$(command -v $one)" "$1/$one"; done`, "sh", bin]);
    const { code, stdout } = container.run([container.program("launch"), "--inside", "printenv", "SECRET_KEY"], {
      PATH: bin,
    });
    expect([code, stdout]).toEqual([0, "it's $HOME\n"]);
  });
});

describe("manage", () => {
  const MANAGE = "import os, sys\nprint(os.getcwd(), sys.argv)\nsys.exit(3)\n";

  test.each(["", "src/", "src/site/"])(
    "finds manage.py in the directory where the image starts or below it (%j)",
    (below) => {
      const container = new Container({ [`app/${below}manage.py`]: MANAGE });
      expect(container.run([container.program("manage"), "migrate", "--no input"])).toEqual({
        code: 3,
        stdout: `${path.join(container.directory, "app", below).replace(/\/$/, "")} ['manage.py', 'migrate', '--no input']\n`,
        stderr: "",
      });
    },
  );

  test("takes the nearest of several", () => {
    const container = new Container({ "app/a/b/manage.py": "", "app/z/manage.py": MANAGE });
    expect(container.run([container.program("manage"), "check"]).stdout).toMatch(
      /\/app\/z \['manage\.py', 'check'\]\n$/,
    );
  });

  test("says where it has looked, and what else there is to do", () => {
    const container = new Container({ "app/a/b/c/manage.py": MANAGE });
    const { code, stdout, stderr } = container.run([container.program("manage"), "migrate"]);
    expect([code, stdout]).toEqual([127, ""]);
    expect(stderr).toBe(
      `homeport: there is no manage.py in ${container.directory}/app and two levels below it: set app.release to the project's own commands, or to [] for none\n`,
    );
  });

  test("says that there is no Python", () => {
    const container = new Container({ "bin/.keep": "" });
    spawnSync("sh", ["-c", `ln -s "$(command -v sh)" "$1/sh"`, "sh", path.join(container.directory, "bin")]);
    const { code, stderr } = container.run([container.program("manage"), "migrate"], {
      PATH: path.join(container.directory, "bin"),
    });
    expect([code, stderr]).toEqual([
      127,
      "homeport: the image has no python3 and no python: set app.release, or name the command in full\n",
    ]);
  });
});

describe("the adapter on a server", () => {
  const { directories, files } = adapterSpec("shop");

  test("is a directory of this application alone, with its programs and its Python package, and no tests or notes", () => {
    const at = "/usr/local/lib/homeport/adapter/shop";
    expect(directories).toEqual([{ path: at }]);
    const modes = Object.fromEntries(files.map((file) => [file.path, file.mode]));
    expect(modes).toMatchObject({ [`${at}/launch`]: "0755", [`${at}/manage`]: "0755", [`${at}/inside.py`]: "0644" });
    expect(Object.keys(modes).filter((name) => !/\/(launch|manage|inside\.py|python\/.+\.py)$/.test(name))).toEqual([]);
  });

  test("has a digest, of what its files say", () => {
    expect(adapterDigest()).toMatch(/^[0-9a-f]{16}$/);
    expect(adapterDigest()).toBe(adapterDigest());
  });
});

/** The name of what a process runs. */
function commandOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${String(pid)}/comm`, "utf8").trim();
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
