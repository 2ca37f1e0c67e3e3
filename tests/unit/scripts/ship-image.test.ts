import { sshEnvironment } from "../../../components/host/ssh-environment";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { HOST } from "../../support/fixtures";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

/** An engine as files: `here` is the workstation's, `there` the server's. */
const DOCKER = `engine=$FAKES/\${ENGINE:-here}
mkdir -p "$engine"
case "$1 $2" in
  "image inspect")
    [ "$5" = "$(cat "$engine/name" 2>/dev/null)" ] || exit 1
    case $4 in *Architecture*) cat "$engine/platform" ;; *) cat "$engine/id" ;; esac ;;
  "version --format") cat "$engine/engine-platform" ;;
  "pull --quiet") printf '%s' "$3" >"$engine/pulled" ;;
  "load --quiet")
    cat >"$engine/loaded"
    [ -e "$engine/deaf" ] || { sed 's/^layers of //' "$engine/loaded" >"$engine/name" && echo sha256:new >"$engine/id"; } ;;
  "save "*) printf 'layers of %s' "$2" ;;
  *) echo "unexpected: docker $*" >&2; exit 64 ;;
esac
`;

/** As sshd does: the words after the login are one line for the server's shell. */
const SSH = `while [ "$1" != "$TARGET" ]; do shift; done
shift
ENGINE=there exec sh -c "$*"
`;

const IMAGE = "homeport-dev:0123abcd";

interface Engines {
  readonly here?: { readonly id: string; readonly platform?: string };
  readonly there?: { readonly id: string };
  readonly pull?: boolean;
  readonly image?: string;
  /** True: the server takes the stream and has no image afterwards. */
  readonly deaf?: boolean;
}

function ship({ here, there, pull = false, image = IMAGE, deaf = false }: Engines): {
  ended: Ended;
  engines: FakePrograms;
} {
  const engines = new FakePrograms(root, { docker: DOCKER, ssh: SSH });
  const engine = (id: string, platform: string): Record<string, string> => ({ name: image, id, platform });
  if (here) writeFiles(`${engines.directory}/here`, engine(here.id, here.platform ?? "linux/arm"));
  writeFiles(`${engines.directory}/there`, {
    "engine-platform": "linux/arm",
    ...(there ? engine(there.id, "linux/arm") : {}),
    ...(deaf ? { deaf: "" } : {}),
  });
  const ended = engines.run("ship-image.sh", {
    ...sshEnvironment(HOST, "/my sites/known_hosts"),
    IMAGE: image,
    PULL: pull ? "yes" : "no",
  });
  return { ended, engines };
}

describe("an image that was built here", () => {
  test("is not sent where the server has it", () => {
    const { ended, engines } = ship({ here: { id: "sha256:1" }, there: { id: "sha256:1" } });
    expect(ended).toEqual({ code: 0, stdout: `pi@192.168.77.10 has ${IMAGE}\n`, stderr: "" });
    expect(engines.read("there/loaded")).toBe("");
  });

  test.each([
    ["the server has none", undefined],
    ["the server has another of the same name", { id: "sha256:2" }],
  ])("is sent where %s", (_, there) => {
    const { ended, engines } = ship({ here: { id: "sha256:1" }, there });
    expect(ended).toEqual({ code: 0, stdout: `sending ${IMAGE} to pi@192.168.77.10\n`, stderr: "" });
    expect(engines.read("there/loaded")).toBe(`layers of ${IMAGE}`);
    expect(engines.read("there/pulled")).toBe("");
  });

  test("that did not arrive is an error, whatever the server said of the stream", () => {
    const { ended } = ship({ here: { id: "sha256:1" }, deaf: true });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`homeport: ${IMAGE} did not arrive at pi@192.168.77.10`);
  });

  test("that is not here is an error that says so", () => {
    const { ended, engines } = ship({});
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      `homeport: the workstation's engine has no image ${IMAGE}: it should have been built just before\n`,
    );
    expect(engines.read("there/loaded")).toBe("");
  });
});

describe("an image of a registry", () => {
  test("is taken as it is where the server has it", () => {
    const { ended, engines } = ship({ there: { id: "sha256:1" }, pull: true });
    expect(ended.stdout).toBe(`pi@192.168.77.10 has ${IMAGE}\n`);
    expect(engines.read("there/pulled")).toBe("");
  });

  test("is pulled by the server where the workstation has none", () => {
    const { ended, engines } = ship({ pull: true });
    expect(ended).toEqual({ code: 0, stdout: `pi@192.168.77.10 pulls ${IMAGE}\n`, stderr: "" });
    expect(engines.read("there/pulled")).toBe(IMAGE);
  });

  test("is pulled where the workstation's is for another processor", () => {
    const { engines } = ship({ here: { id: "sha256:1", platform: "linux/amd64" }, pull: true });
    expect(engines.read("there/pulled")).toBe(IMAGE);
    expect(engines.read("there/loaded")).toBe("");
  });

  test("is sent where the workstation has it for the server's processor", () => {
    const { engines } = ship({ here: { id: "sha256:1", platform: "linux/arm" }, pull: true });
    expect(engines.read("there/loaded")).toBe(`layers of ${IMAGE}`);
    expect(engines.read("there/pulled")).toBe("");
  });

  test("keeps its digest through the server's shell", () => {
    const image = "registry.test:5000/traefik@sha256:0123";
    expect(ship({ image, pull: true }).engines.read("there/pulled")).toBe(image);
  });
});

test("a server that cannot load is a failure", () => {
  const engines = new FakePrograms(root, {
    docker: DOCKER,
    ssh: `case "$*" in *load*) cat >/dev/null; echo "no space left on device" >&2; exit 1 ;; *) exit 1 ;; esac\n`,
  });
  writeFiles(`${engines.directory}/here`, { name: IMAGE, id: "sha256:1", platform: "linux/arm" });
  const ended = engines.run("ship-image.sh", { ...sshEnvironment(HOST, "/known_hosts"), IMAGE, PULL: "no" });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain("no space left on device");
});
