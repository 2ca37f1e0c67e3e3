import { split } from "../../../commands/status";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { FakePrograms } from "../../support/script-run";

const root = temporaryDirectory();

/** Containers are the lines of `all`, and those with a configuration of the proxy's the lines of `proxies`; `served` is what the host's routes name. */
const DOCKER = `case "$*" in
  *homeport.config*) cat "$FAKES/proxies" ;;
  *"ps "*) [ ! -f "$FAKES/down" ] || exit 1; cat "$FAKES/all" ;;
  *volume*) echo /var/lib/docker/volumes/blog-data/_data ;;
esac
`;

function report(files: Readonly<Record<string, string>>, parts = ["containers"]): ReturnType<typeof split> {
  const machine = new FakePrograms(root, { docker: DOCKER, id: "echo 1000\n", sudo: 'cat "$FAKES/served"\n' });
  writeFiles(machine.directory, { all: "", proxies: "", served: "", ...files });
  const { code, stdout } = machine.command("server-status.sh", ["blog", ...parts]);
  expect(code).toBe(0);
  return split(stdout);
}

const WELL = {
  all: "app-web-1 web Up 2 hours\napp-worker-1 process Up 2 hours\napp-release-1 release Exited (0) 2 hours ago\n",
  proxies: "traefik-1 Up 3 hours (healthy)\n",
  served: "blog app-web-1\nblog app-worker-1\nother web-9\n",
};

test("containers that run, and commands that have ended, are no problem", () => {
  expect(report(WELL)).toEqual({
    shown: [
      "containers:",
      "  app-release-1: Exited (0) 2 hours ago",
      "  app-web-1: Up 2 hours",
      "  app-worker-1: Up 2 hours",
      "  traefik-1: Up 3 hours (healthy)",
    ],
    wrong: [],
  });
});

test.each([
  [
    "ended",
    { all: WELL.all.replace("web Up 2 hours", "web Exited (137) 1 minute ago") },
    "app-web-1 has ended (Exited (137) 1 minute ago): 'pulumi up --refresh' recreates it",
  ],
  [
    "starts again and again",
    { all: WELL.all.replace("process Up 2 hours", "process Restarting (1) 3 seconds ago") },
    "app-worker-1 is Restarting (1) 3 seconds ago: see 'npm run logs'",
  ],
  ["is unhealthy", { proxies: "traefik-1 Up 3 hours (unhealthy)\n" }, "traefik-1 is Up 3 hours (unhealthy)"],
  ["is gone", { served: "blog app-web-0\n" }, "app-web-0 that serves blog is gone: 'pulumi up --refresh' recreates it"],
])("a container that %s is a problem, with what to do", (_, files, text) => {
  const { wrong } = report({ ...WELL, ...files });
  expect(wrong).toHaveLength(1);
  expect(wrong[0]).toContain(`the container ${text}`);
});

test("an engine that does not answer is the one problem", () => {
  expect(report({ ...WELL, down: "" }).wrong).toEqual(["Docker does not answer: see 'systemctl status docker' there"]);
});

test("a machine tells the parts that it is asked for, in this order, and no other", () => {
  expect(report(WELL, ["data"])).toEqual({ shown: ["data: /var/lib/docker/volumes/blog-data/_data"], wrong: [] });
  const { shown } = report(WELL, ["certificates", "data"]);
  expect(shown[0]).toBe("certificates:");
});

/** `wg show all latest-handshakes` with a handshake that many seconds ago; never: 0. */
function tunnel(ago: number | "never"): ReturnType<typeof split> {
  const at = ago === "never" ? "0" : "$(($(date +%s) - " + String(ago) + "))";
  const machine = new FakePrograms(root, {
    id: "echo 0\n",
    wg: `printf 'wg0\\tKEY\\t%s\\n' "${at}"\n`,
    df: "echo Filesystem; echo /dev/root 30000 29800 200 99% /; echo /dev/sda 90000 10 80000 1% /var/lib/docker\n",
  });
  return split(machine.command("machine-status.sh", []).stdout);
}

test("a tunnel that has been silent for longer than WireGuard keeps its keys is a problem", () => {
  expect(tunnel(30).wrong).toEqual([expect.stringContaining("200 MB are free in /")]);
  expect(tunnel(4000).wrong[0]).toMatch(/^the tunnel wg0 has been silent for 400\d s: is UDP/);
  expect(tunnel("never").wrong[0]).toContain("has never had a handshake");
});
