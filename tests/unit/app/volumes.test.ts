import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";

import { keptDirectories } from "../../../components/app/volumes";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

describe("the kept directories of an application", () => {
  test("are /data, those of the settings and those of the image, each once", () => {
    expect(keptDirectories("shop", ["/app/media", "/data"], ["/app/media/", "/var/lib/Cache", "/data"])).toEqual([
      { path: "/data", volume: "shop-data" },
      { path: "/app/media", volume: "shop-app-media" },
      { path: "/var/lib/Cache", volume: "shop-var-lib-Cache" },
    ]);
  });

  test("have names that Docker takes, whatever the path", () => {
    for (const { volume } of keptDirectories("shop", [], ["/srv/my files/@x", "/"]))
      expect(volume).toMatch(/^[\w.-]+$/);
  });
});

const root = temporaryDirectory();

/**
 * Volumes as directories `volumes/NAME`. To create a container puts into its volume, if that is empty, what the image has at the path: the directory
 * `image/PATH`.
 */
const DOCKER = `cd "$FAKES"
echo "$*" >>asked
for last; do :; done
case "$1 $2" in
  "volume inspect")
    [ -d "volumes/$last" ] || { echo "no such volume" >&2; exit 1; }
    echo "$PWD/volumes/$last" ;;
  "volume create") mkdir -p "volumes/$last" ;;
  "volume rm") rm -r "volumes/$last" ;;
  create*)
    while [ "$1" != --volume ]; do shift; done
    name=\${2%%:*} path=\${2#*:}
    [ ! -d "image$path" ] || cp -R "image$path/." "volumes/$name"
    echo box ;;
esac
`;

/** Owners are not changed, but noted: whoever runs the tests may not be root. */
const CHOWN = `echo "$*" >>"$FAKES/owners"\n`;

function server(files: Readonly<Record<string, string>> = {}): FakePrograms {
  const fakes = new FakePrograms(root, { docker: DOCKER, chown: CHOWN });
  writeFiles(fakes.directory, files);
  return fakes;
}

/** `volumes`: a line each. */
function run(
  fakes: FakePrograms,
  verb: "apply" | "remove",
  user: string,
  keep: "keep" | "delete",
  volumes: readonly string[],
): Ended {
  const data = ["shop", "pi", "shop:1", "homeport/dev", user, keep, "revision", ...volumes, ""].join("\n");
  return fakes.pipeVerb("app/volumes.sh", verb, data);
}

const at = (fakes: FakePrograms, name: string): string => path.join(fakes.directory, "volumes", name);

/** Whoever runs the tests owns their files. */
const { uid, gid } = statSync(root);
const SELF = `${uid}:${gid}`;

test("a new volume has what the image has there, its owner and a mark, so that Docker leaves it alone", () => {
  const fakes = server({ "image/app/media/seed.png": "seed" });
  const { code, stdout, stderr } = run(fakes, "apply", SELF, "keep", ["shop-data /data", "shop-app-media /app/media"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(
    `the volume shop-data on pi is for /data and belongs to ${SELF}\nthe volume shop-app-media on pi is for /app/media and belongs to ${SELF}\n`,
  );
  expect(readFileSync(path.join(at(fakes, "shop-app-media"), "seed.png"), "utf8")).toBe("seed");
  expect(existsSync(path.join(at(fakes, "shop-data"), ".homeport-volume"))).toBe(true);
  expect(fakes.read("owners")).toBe(
    `-R -h ${SELF} ${at(fakes, "shop-data")}\n-R -h ${SELF} ${at(fakes, "shop-app-media")}\n`,
  );
  expect(fakes.read("asked")).toContain(
    "volume create --label homeport.owner=homeport/dev --label homeport.app=shop shop-data\n",
  );
  expect(fakes.read("asked")).toMatch(
    /create --label homeport\.owner=homeport\/dev .* --network none .*shop:1 none\nrm --force/,
  );
});

test("one that is as it should be is left alone", () => {
  const fakes = server({ "volumes/shop-data/.homeport-volume": "", "volumes/shop-data/db.sqlite3": "" });
  expect(run(fakes, "apply", SELF, "keep", ["shop-data /data"])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(fakes.read("owners")).toBe("");
  expect(fakes.read("asked")).not.toContain("create");
});

test("one with files of before is not filled from the image", () => {
  const fakes = server({ "volumes/shop-data/db.sqlite3": "mine", "image/data/db.sqlite3": "the image's" });
  expect(run(fakes, "apply", SELF, "keep", ["shop-data /data"]).code).toBe(0);
  expect(readFileSync(path.join(at(fakes, "shop-data"), "db.sqlite3"), "utf8")).toBe("mine");
});

test("one of another user goes to the containers' own, and that is said", () => {
  const fakes = server({ "volumes/shop-data/.homeport-volume": "" });
  expect(run(fakes, "apply", "4711:4712", "keep", ["shop-data /data"])).toEqual({
    code: 0,
    stdout: `the volume shop-data on pi belonged to ${SELF}, now to 4711:4712\n`,
    stderr: "",
  });
  expect(fakes.read("owners")).toBe(`-R -h 4711:4712 ${at(fakes, "shop-data")}\n`);
});

describe("when the application goes", () => {
  test("its files stay, and how to delete them is said", () => {
    const fakes = server({ "volumes/shop-data/db.sqlite3": "" });
    expect(run(fakes, "remove", SELF, "keep", ["shop-data /data"])).toEqual({
      code: 0,
      stdout:
        "the files of /data stay on pi in the Docker volume shop-data; to delete them for good: docker volume rm shop-data\n",
      stderr: "",
    });
    expect(existsSync(at(fakes, "shop-data"))).toBe(true);
  });

  test("or they go, where the settings say so, whichever there are", () => {
    const fakes = server({ "volumes/shop-data/db.sqlite3": "" });
    expect(run(fakes, "remove", SELF, "delete", ["shop-gone /gone", "shop-data /data"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(existsSync(at(fakes, "shop-data"))).toBe(false);
  });
});
