import { BARE, plain, Probes } from "../../support/mocks";
import { Registered } from "../../support/monitor";
import { LOGIN, Run, runProgram } from "../../support/program";

const MARKER = "random:index/randomId:RandomId";
const REMOTE = "command:remote:Command";

const bundles = (revision: string): string => `${BARE}bundle base homeport/dev\nrevision ${revision}\n`;
const probes = (server: string): Probes => ({ [LOGIN.edge]: bundles("edge 1"), [LOGIN.server]: server });

const marker = (run: Run, host: string): Registered => run.resource(`${host}-drift-revision`, MARKER);
const revisionOf = (run: Run, host: string): unknown => marker(run, host).inputs["keepers"];
const stdinOf = (run: Run, name: string): string => String(plain(run.resource(name, REMOTE).inputs["stdin"]));

test("hosts in sync keep their revisions", async () => {
  const run = await runProgram({ probes: probes(bundles("server 1")) });
  expect(revisionOf(run, "vps")).toEqual({ revision: "edge 1" });
  expect(revisionOf(run, "pi")).toEqual({ revision: "server 1" });
  expect(run.warnings).toEqual([]);
  for (const name of ["pi-secrets", "pi-files", "pi-verify", "app-secrets", "app-route"])
    expect(stdinOf(run, name)).toContain("\nrevision server 1\n");
});

test("both hosts are probed, each once, by an unchanged script", async () => {
  const { calls } = await runProgram();
  const probes = calls.filter(({ token }) => token === "command:local:run");
  const environments = probes.map(({ inputs }) => (inputs as { environment: Record<string, string> }).environment);
  expect(environments.map(({ TARGET, PORT }) => `${TARGET ?? ""} ${PORT ?? ""}`).sort()).toEqual([
    `${LOGIN.edge} 2222`,
    `${LOGIN.server} 22`,
  ]);
  for (const { SSH_OPTIONS } of environments) expect(SSH_OPTIONS).toContain("StrictHostKeyChecking=yes");
});

describe("a rule that was added by hand", () => {
  const found = "nft inet homeport: unexpected rule in chain input: tcp dport 23 accept";
  let run: Run;
  beforeAll(async () => {
    run = await runProgram({ probes: probes(`${bundles("server 1")}found ${found}\n`) });
  });

  test("shows in the preview of its host, by name", () => {
    expect(revisionOf(run, "pi")).toEqual({
      revision: expect.stringMatching(`^[0-9a-f]{12} found: ${found}$`) as string,
    });
    expect(stdinOf(run, "pi-files")).toContain(`found: ${found}\n`);
    expect(run.warnings).toEqual([`warning: [runtime] pi has drifted: ${found}`]);
  });

  test("does not affect the other host", () => {
    expect(revisionOf(run, "vps")).toEqual({ revision: "edge 1" });
    expect(stdinOf(run, "vps-files")).toContain("\nrevision edge 1\n");
  });
});

describe("a host that does not answer", () => {
  const away = probes("failed 255\nssh: connect to host 192.168.77.10 port 22: No route to host\n");

  describe("at preview", () => {
    let run: Run;
    beforeAll(async () => {
      run = await runProgram({ probes: away, preview: true });
    });

    test("is named in a warning, with the reason", () => {
      expect(run.warnings).toEqual([
        "warning: [runtime] pi (192.168.77.10) is unreachable, so its drift is unknown: ssh: connect to host 192.168.77.10 port 22: No route to host",
      ]);
    });

    test("keeps the revision that the state has", () => {
      expect(marker(run, "pi").ignoreChanges).toEqual(["keepers"]);
      expect(marker(run, "vps").ignoreChanges).toEqual([]);
    });
  });

  test("fails an up before anything is registered", async () => {
    await expect(runProgram({ probes: away })).rejects.toThrow(
      /^pi \(192\.168\.77\.10\) is unreachable: ssh: connect .* No route to host\. Nothing was changed\./,
    );
  });
});

describe("a host that refuses", () => {
  test.each([
    [255, "Host key verification failed.", "its host key is not the one in the settings"],
    [255, "Permission denied (publickey).", "the login pi was refused"],
    [1, "sudo: a password is required", "pi has no passwordless sudo"],
    [1, "WARNING: Your password has expired.", "the password of pi has expired"],
    [127, "fish: Unknown command: if", "the login as pi works, but the probe did not run there"],
  ])("%s %s: ends preview and up alike, and says what to do", async (code, words, message) => {
    for (const preview of [true, false]) {
      const run = runProgram({ probes: probes(`failed ${code}\n${words}\n`), preview });
      await expect(run).rejects.toThrow(`pi (192.168.77.10): ${message}`);
      await expect(run).rejects.toThrow(words);
    }
  });
});

describe("a machine that fails the preflight", () => {
  const facts = "fact os fedora 40 Fedora Linux 40\nfact listener 80/tcp 0.0.0.0 nginx\n";

  test("is refused with all its errors, and the other machine's", async () => {
    const run = runProgram({ probes: { [LOGIN.edge]: BARE + facts, [LOGIN.server]: BARE + facts }, preview: true });
    for (const host of ["vps (198.51.100.10)", "pi (192.168.77.10)"])
      await expect(run).rejects.toThrow(
        `${host} is not ready, and nothing was changed:\n  it runs Fedora Linux 40, which is not supported: install one of ` +
          "Debian 12 and 13, Raspberry Pi OS 12 and 13, Ubuntu 22.04 and 24.04\n  port 80 is taken by nginx",
      );
  });

  test("warns of what the operator should know", async () => {
    const run = await runProgram({ probes: probes(`${bundles("server 1")}fact nftables-service enabled\n`) });
    expect(run.warnings).toEqual([
      expect.stringContaining("pi (192.168.77.10): nftables.service is enabled, and flushes every table") as string,
    ]);
  });
});

describe("a container that does not run", () => {
  const CONTAINER = "docker:index/container:Container";
  const thing = (words: string): string => `fact thing homeport/dev ${words}\n`;
  const labelsOf = (run: Run, name: string): unknown[] =>
    (run.resource(name, CONTAINER).inputs["labels"] as { label: string; value: string }[])
      .filter(({ label }) => label === "homeport.repair")
      .map(({ value }) => value);

  test("is replaced, and nothing else", async () => {
    const seen = thing("container app-web app-web-0000001 is exited") + thing("container traefik traefik-0000001 well");
    const run = await runProgram({ probes: probes(bundles("server 1") + seen) });
    expect(run.warnings).toEqual(["warning: [runtime] pi has drifted: the container app-web-0000001 is exited"]);
    expect(labelsOf(run, "app-web")).toEqual(["container app-web-0000001 is exited"]);
    for (const other of ["traefik", "app-release"]) expect(labelsOf(run, other)).toEqual([]);
    expect(revisionOf(run, "pi")).toEqual({ revision: "server 1" });
  });

  test("stays as it was repaired where it is well, or the server is away", async () => {
    for (const answer of [
      bundles("server 1") + thing("container app-web app-web-0000002 well"),
      "failed 255\nssh: connect to host 192.168.77.10 port 22: No route to host\n",
    ]) {
      const run = await runProgram({ probes: probes(answer), preview: true });
      expect(run.resource("app-web-repair", MARKER).ignoreChanges).toEqual(["keepers"]);
    }
  });

  test("and is missing: what else is on the server is made again, too, and a second loss is another one", async () => {
    const lost = `found the container traefik is missing\n${thing("container traefik traefik is missing")}`;
    const [first = "", second = ""] = await Promise.resolve(
      [
        await runProgram({ probes: probes(bundles("server 1") + lost) }),
        await runProgram({ probes: probes(bundles("server 2") + lost) }),
      ].map((run) => String(labelsOf(run, "traefik")[0])),
    );
    expect(first).toMatch(/^container traefik is missing \([0-9a-f]{12}\)$/);
    expect(second).not.toBe(first);
  });

  test("whose volume is missing: the release runs again", async () => {
    const lost = `found the volume homeport-dev-data is missing\n${thing("volume homeport-dev-data homeport-dev-data is missing")}`;
    const run = await runProgram({ probes: probes(bundles("server 1") + lost) });
    expect(labelsOf(run, "app-release")).toHaveLength(1);
    expect(labelsOf(run, "app-web")).toEqual([]);
  });
});
