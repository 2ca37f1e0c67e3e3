import { readdirSync } from "node:fs";

import { temporaryDirectory } from "../../support/directory";
import { DOCKER_STORE, Engines, FakeImage, loaded, shipImage } from "../../support/image-engines";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

const IMAGE = "homeport-dev:0123abcd";

const HERE: FakeImage = {
  id: "sha256:1",
  config: "blobs/sha256/1",
  layers: [{ diffId: "sha256:base", file: "blobs/sha256/base" }],
};

const ALL = ["blobs/sha256/1", "blobs/sha256/base", "manifest.json"];

const SENT = `sending all 1 layers of ${IMAGE} (81 MB before compression) to pi\n`;

const ship = (engines: Partial<Engines>): { ended: Ended; fakes: FakePrograms } =>
  shipImage(root, { image: IMAGE, ...engines });

describe("an image that was built here", () => {
  test("is not sent where the server has it", () => {
    const { ended, fakes } = ship({ here: HERE, there: { id: "sha256:1" } });
    expect(ended).toEqual({ code: 0, stdout: `pi has ${IMAGE}\n`, stderr: "" });
    expect(loaded(fakes)).toBeUndefined();
  });

  test.each([
    ["the server has none", undefined],
    ["the server has another of the same name", { id: "sha256:2" }],
  ])("is sent where %s", (_, there) => {
    const { ended, fakes } = ship({ here: HERE, there });
    expect(ended).toEqual({ code: 0, stdout: SENT, stderr: "" });
    expect(loaded(fakes)).toEqual(ALL);
    expect(fakes.read("there/pulled")).toBe("");
  });

  test.each([
    ["did not arrive", { deaf: true }],
    ["is another one there afterwards", { idThere: "sha256:2" }],
  ])("that %s is an error, whatever the server said of the stream", (_, what) => {
    const { ended } = ship({ here: HERE, ...what });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`homeport: ${IMAGE} did not arrive at pi`);
  });

  test("that is not here is an error that says so", () => {
    const { ended, fakes } = ship({});
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      `homeport: the workstation's engine has no image ${IMAGE}: it should have been built just before\n`,
    );
    expect(loaded(fakes)).toBeUndefined();
  });
});

describe("an image of a registry", () => {
  test("is taken as it is where the server has it", () => {
    const { ended, fakes } = ship({ there: { id: "sha256:1" }, pull: true });
    expect(ended.stdout).toBe(`pi has ${IMAGE}\n`);
    expect(fakes.read("there/pulled")).toBe("");
  });

  test("is pulled by the server where the workstation has none", () => {
    const { ended, fakes } = ship({ pull: true });
    expect(ended).toEqual({ code: 0, stdout: `pi pulls ${IMAGE}\n`, stderr: "" });
    expect(fakes.read("there/pulled")).toBe(IMAGE);
  });

  test("is pulled where the workstation's is for another processor", () => {
    const { fakes } = ship({ here: { ...HERE, platform: "linux/amd64" }, pull: true });
    expect(fakes.read("there/pulled")).toBe(IMAGE);
    expect(loaded(fakes)).toBeUndefined();
  });

  test("is sent where the workstation has it for the server's processor", () => {
    const { fakes } = ship({ here: HERE, pull: true });
    expect(loaded(fakes)).toEqual(ALL);
    expect(fakes.read("there/pulled")).toBe("");
  });

  test("reaches the server's shell as one word, whatever its name is", () => {
    const image = "it's; touch here";
    expect(ship({ image, pull: true }).fakes.read("there/pulled")).toBe(image);
  });

  // An archive would not bring that name.
  test("is pulled where it is named by its digest, which is kept through the server's shell", () => {
    const image = "registry.test:5000/traefik@sha256:0123";
    expect(ship({ image, here: HERE, pull: true }).fakes.read("there/pulled")).toBe(image);
  });
});

describe("a server that cannot take it", () => {
  const told = (
    words: string,
    code: number,
    others: readonly (readonly string[])[] = [],
  ): Ended & { left: string[] } => {
    const layers = others.map((of) => `layers ${of.join(" ")}`).join("\n");
    const { ended, fakes } = ship({
      here: HERE,
      programs: {
        // The second time there is nothing to wait for any more, and the word after the first has been said.
        sleep: `if [ -e "$FAKES/slept" ]; then : >"$FAKES/told"; exit 1; fi\n: >"$FAKES/slept"\n`,
        ssh: `case "$*" in
  *load*) cat >/dev/null; until [ -e "$FAKES/told" ]; do :; done; printf '%s\\n' "${words}" >&2; exit ${code} ;;
  *avail*) echo 12M ;;
  *"image ls"*) echo 'store ${DOCKER_STORE}'; echo '${layers}' ;;
  *) exit 1 ;;
esac
`,
      },
    });
    return { ...ended, left: readdirSync(`${fakes.directory}/tmp`) };
  };

  test("is a failure with its own words", () => {
    const { code, stderr } = told("unexpected EOF", 1);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `unexpected EOF\nhomeport: pi could not take the image ${IMAGE}: see the lines above; then run 'pulumi up' again\n`,
    );
  });

  test("is a failure with its own words, backslashes and all", () => {
    const { code, stderr } = told("open C:\\\\temp\\\\new: no such file", 1);
    expect(code).toBe(1);
    expect(stderr).toContain("open C:\\temp\\new: no such file\n");
  });

  test("for want of room reports it, with the remedy", () => {
    const { code, stderr } = told("write /var/lib/docker/tmp/x: no space left on device", 1);
    expect(code).toBe(1);
    expect(stderr).toContain(`homeport: pi has no room for the image ${IMAGE} (free: 12M;`);
    expect(stderr).toContain("docker image prune -a");
  });

  test.each([
    ["for want of room", "no space left on device", 1],
    ["because the connection broke", "client_loop: send disconnect: Broken pipe", 255],
  ])("a part of it %s is not sent the whole", (_, words, code) => {
    const ended = told(words, code, [["sha256:base"]]);
    expect(ended).toMatchObject({ code: 1, left: [] });
    expect(ended.stdout).not.toContain("sending all");
    expect(ended.stderr).toContain(words);
  });

  test("meanwhile it is said how long it has taken", () => {
    expect(told("unexpected EOF", 1).stdout).toContain(`${SENT.trim()}, 10 s so far\n`);
  });
});
