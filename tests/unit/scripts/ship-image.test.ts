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
    case $4 in *Architecture*) cat "$engine/platform" ;; *Size*) echo 81500000 ;; *) cat "$engine/id" ;; esac ;;
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
    HOST: "pi",
    IMAGE: image,
    PULL: pull ? "yes" : "no",
  });
  return { ended, engines };
}

describe("an image that was built here", () => {
  test("is not sent where the server has it", () => {
    const { ended, engines } = ship({ here: { id: "sha256:1" }, there: { id: "sha256:1" } });
    expect(ended).toEqual({ code: 0, stdout: `pi has ${IMAGE}\n`, stderr: "" });
    expect(engines.read("there/loaded")).toBe("");
  });

  test.each([
    ["the server has none", undefined],
    ["the server has another of the same name", { id: "sha256:2" }],
  ])("is sent where %s", (_, there) => {
    const { ended, engines } = ship({ here: { id: "sha256:1" }, there });
    expect(ended).toEqual({ code: 0, stdout: `sending ${IMAGE} (81 MB before compression) to pi\n`, stderr: "" });
    expect(engines.read("there/loaded")).toBe(`layers of ${IMAGE}`);
    expect(engines.read("there/pulled")).toBe("");
  });

  test("that did not arrive is an error, whatever the server said of the stream", () => {
    const { ended } = ship({ here: { id: "sha256:1" }, deaf: true });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`homeport: ${IMAGE} did not arrive at pi`);
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
    expect(ended.stdout).toBe(`pi has ${IMAGE}\n`);
    expect(engines.read("there/pulled")).toBe("");
  });

  test("is pulled by the server where the workstation has none", () => {
    const { ended, engines } = ship({ pull: true });
    expect(ended).toEqual({ code: 0, stdout: `pi pulls ${IMAGE}\n`, stderr: "" });
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

describe("a server that cannot take it", () => {
  const refused = (words: string, environment: Readonly<Record<string, string>> = {}): Ended => {
    const engines = new FakePrograms(root, {
      docker: DOCKER,
      // The second time there is nothing to wait for any more, and the word after the first has been said.
      sleep: `if [ -e "$FAKES/slept" ]; then : >"$FAKES/told"; exit 1; fi\n: >"$FAKES/slept"\n`,
      ssh: `case "$*" in
  *load*) cat >/dev/null; until [ -e "$FAKES/told" ]; do :; done; echo "${words}" >&2; exit 1 ;;
  *avail*) echo 12M ;;
  *) exit 1 ;;
esac
`,
    });
    writeFiles(`${engines.directory}/here`, { name: IMAGE, id: "sha256:1", platform: "linux/arm" });
    return engines.run("ship-image.sh", {
      ...sshEnvironment(HOST, "/known_hosts"),
      HOST: "pi",
      IMAGE,
      PULL: "no",
      ...environment,
    });
  };

  test("is a failure with its own words", () => {
    const { code, stderr } = refused("unexpected EOF");
    expect(code).toBe(1);
    expect(stderr).toBe(
      `unexpected EOF\nhomeport: pi could not take the image ${IMAGE}: see the lines above; then run 'pulumi up' again\n`,
    );
  });

  test("for want of room is told so, with what to do", () => {
    const { code, stderr } = refused("write /var/lib/docker/tmp/x: no space left on device");
    expect(code).toBe(1);
    expect(stderr).toContain(`homeport: pi has no room for the image ${IMAGE} (free: 12M;`);
    expect(stderr).toContain("docker image prune -a");
  });

  test("meanwhile it is said how long it has taken", () => {
    expect(refused("unexpected EOF").stdout).toContain(
      `sending ${IMAGE} (81 MB before compression) to pi, 10 s so far\n`,
    );
  });
});
