import { execFileSync } from "node:child_process";
import * as path from "node:path";

import { parseImageFacts } from "../../../components/app/image-facts";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

/** An image as files: its user, what else is its configuration, and a tar file for each of its own files that is read. */
const DOCKER = `echo "$*" >>"$FAKES/asked"
cd "$FAKES"
case "$1 $2" in
  "image inspect")
    [ -e user ] || { echo "No such image" >&2; exit 1; }
    case $4 in
      *Config.User*) cat user ;;
      *) printf '%s\\n' "$4" | sed -e 's/{{json .Config.Entrypoint}}/["\\/start"]/' -e 's/{{json .Config.Cmd}}/null/' \\
        -e 's/{{json .Config.ExposedPorts}}/{"8080\\/tcp":{}}/' -e 's/{{json .Config.Volumes}}/null/' ;;
    esac ;;
  create*) echo box ;;
  "cp box:/etc/passwd") cat passwd.tar ;;
  "cp box:/etc/group") cat group.tar ;;
esac
`;

const FILES = {
  passwd: "root:x:0:0::/root:/bin/sh\ndjango:x:1001:1002::/app:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n",
  group: "root:x:0:\ndjango:x:1002:\nweb:x:2000:django\n",
};

const TARS = temporaryDirectory();
beforeAll(() => {
  writeFiles(TARS, FILES);
  for (const name of Object.keys(FILES)) execFileSync("tar", ["-C", TARS, "-cf", path.join(TARS, `${name}.tar`), name]);
});

/** `own`: the image's USER; undefined: there is no such image. */
function look(own: string | undefined, asked = "-", withFiles = true): Ended & { readonly asked: string } {
  const server = new FakePrograms(root, { docker: DOCKER });
  if (own !== undefined) writeFiles(server.directory, { user: `${own}\n` });
  if (withFiles)
    for (const name of Object.keys(FILES)) execFileSync("cp", [path.join(TARS, `${name}.tar`), server.directory]);
  const ended = server.pipe("app/image-facts.sh", `pi\nshop:1\nhomeport/dev\n${asked}\n10001:10001\n`);
  return { ...ended, asked: server.read("asked") };
}

describe("the user of a container", () => {
  test.each([
    ["django", "-", "1001:1002"],
    ["django:web", "-", "1001:2000"],
    ["1001", "-", "1001:1002"],
    ["4711", "-", "4711:4711"],
    ["4711:web", "-", "4711:2000"],
    ["33:4000", "-", "33:4000"],
    ["", "-", "10001:10001"],
    ["root", "-", "10001:10001"],
    ["0:0", "-", "10001:10001"],
    ["root", "django", "1001:1002"],
    ["django", "www-data", "33:33"],
    ["django", "root", "0:0"],
  ])("of an image with USER %j, asked %s, is %s", (own, asked, user) => {
    const { code, stdout, stderr } = look(own, asked);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(parseImageFacts(stdout)).toEqual({ user, entrypoint: ["/start"], command: [], port: 8080, volumes: [] });
  });

  test("is root where app.user says so, though the image says it, too", () => {
    expect(parseImageFacts(look("root", "root").stdout).user).toBe("0:0");
  });

  test("is a number that an image without any files knows, too", () => {
    expect(parseImageFacts(look("65532", "-", false).stdout).user).toBe("65532:65532");
    expect(parseImageFacts(look("", "-", false).stdout).user).toBe("10001:10001");
  });

  test.each([
    [
      "nobody",
      "-",
      "the image shop:1 has no user nobody in its /etc/passwd: correct app.user, or USER in the Dockerfile",
    ],
    [
      "django",
      "mail",
      "the image shop:1 has no user mail in its /etc/passwd: correct app.user, or USER in the Dockerfile",
    ],
    [
      "django:staff",
      "-",
      "the image shop:1 has no group staff in its /etc/group: correct app.user, or USER in the Dockerfile",
    ],
  ])("%s, asked %s, that the image does not know is reported", (own, asked, message) => {
    const { code, stdout, stderr } = look(own, asked);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `homeport: ${message}\n` });
  });
});

test("the image is never started, and the container that shows its files goes, also after a failure", () => {
  for (const own of ["django", "nobody"]) {
    const { asked } = look(own);
    expect(asked).toContain(
      "create --label homeport.owner=homeport/dev --label homeport.role=look --network none --entrypoint /none shop:1 none\n",
    );
    expect(asked).toMatch(/\nrm --force --volumes box\n$/);
    expect(asked).not.toMatch(/^(start|run|exec) /m);
  }
});

test("an image that is gone from the server is reported with what brings it back", () => {
  const { code, stderr } = look(undefined);
  expect(code).toBe(1);
  expect(stderr).toContain("homeport: pi has no image shop:1: run 'npm run recover', which sends it again\n");
});

describe("the facts of an image", () => {
  const facts = (part: object): ReturnType<typeof parseImageFacts> =>
    parseImageFacts(
      JSON.stringify({ user: "1:1", entrypoint: null, command: null, ports: null, volumes: null, ...part }),
    );

  test("are empty where it says nothing", () => {
    expect(facts({})).toEqual({ user: "1:1", entrypoint: [], command: [], port: undefined, volumes: [] });
  });

  test("have the lowest TCP port, by number", () => {
    expect(facts({ ports: { "10000/tcp": {}, "9000/tcp": {}, "53/udp": {} } }).port).toBe(9000);
    expect(facts({ ports: { "53/udp": {} } }).port).toBeUndefined();
  });

  test("have the paths of its volumes, in one order", () => {
    expect(facts({ volumes: { "/srv": {}, "/app/media": {} } }).volumes).toEqual(["/app/media", "/srv"]);
  });

  test("that cannot be read are reported with their text", () => {
    expect(() => parseImageFacts("Connection closed\n")).toThrow(
      "the server's description of the image cannot be read: Connection closed; run 'pulumi up' again",
    );
  });
});
