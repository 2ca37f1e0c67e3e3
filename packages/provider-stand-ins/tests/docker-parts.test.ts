import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";

import type { ContainerInspectInfo } from "dockerode";

import { BuildContext } from "../src/docker/build-context";
import { BuildTrace } from "../src/docker/build-trace";
import { createOptions } from "../src/docker/container-options";
import { CONTAINER } from "../src/docker/container-schema";
import { containerState } from "../src/docker/container-state";
import { durationFault, formatDuration, parseDuration } from "../src/docker/duration";
import { apiMessage } from "../src/docker/failure";
import { ordered, plan } from "../src/docker/plan";
import { dialCommand, SshAgent } from "../src/docker/ssh-agent";
import { until } from "./support/until";

describe("durations", () => {
  it.each([
    ["1s", "1s"],
    ["60s", "1m0s"],
    ["90s", "1m30s"],
    ["1h", "1h0m0s"],
    ["1.5s", "1.5s"],
    ["250ms", "250ms"],
    ["0s", "0s"],
  ])("writes %s as Go does: %s", (given, written) => {
    expect(formatDuration(parseDuration(given) ?? NaN)).toBe(written);
  });

  it("rejects what is not a duration, and one below zero", () => {
    expect(durationFault("soon")).toBe("'soon' is not a valid duration");
    expect(durationFault("-1s")).toBe("'-1s' duration must not be negative");
    expect(durationFault("10s")).toBeUndefined();
  });
});

describe("the way to a Docker over ssh", () => {
  it("is OpenSSH with the options given, user and port", () => {
    const command = dialCommand("ssh://pi@192.168.77.10:2222", ["-i", "/key", "-o", "ControlMaster=auto"]);
    expect(command.join(" ")).toBe(
      "ssh -i /key -o ControlMaster=auto -o ConnectTimeout=30 -T -l pi -p 2222 -- 192.168.77.10 docker system dial-stdio",
    );
  });

  it("keeps a timeout of one's own, and takes an IPv6 address and a socket path", () => {
    const command = dialCommand("ssh://[2001:db8::1]/run/d.sock", ["-o", "ConnectTimeout=5"]);
    expect(command.join(" ")).toBe(
      "ssh -o ConnectTimeout=5 -T -- 2001:db8::1 docker --host unix:///run/d.sock system dial-stdio",
    );
  });
});

describe("a kept connection", () => {
  /** Answers one request, waits for a word that never comes, and ends well when its input does; `ends`: at once after its answer. */
  const answering = (ends: boolean): string[] => [
    process.execPath,
    "--eval",
    `process.stdin.on("data", () => process.stdout.write("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok", () => ${ends ? "process.exit(0)" : "undefined"}))`,
  ];

  async function get(agent: SshAgent): Promise<string> {
    const request = http.get({ agent, host: "docker.test", path: "/_ping" });
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    return text(answer);
  }

  const kept = (agent: SshAgent): number => Object.values(agent.freeSockets).flat().length;

  it("is used again", async () => {
    const agent = new SshAgent(answering(false));
    expect(await get(agent)).toBe("ok");
    await until("the connection to be kept", () => kept(agent) === 1);
    expect(await get(agent)).toBe("ok");
    expect(kept(agent) + Object.values(agent.sockets).flat().length).toBeLessThanOrEqual(1);
    agent.destroy();
  });

  it("is forgotten when its command has ended, even well, and the next request gets a new one", async () => {
    const agent = new SshAgent(answering(true));
    expect(await get(agent)).toBe("ok");
    await until("the connection to be forgotten", () => kept(agent) === 0);
    expect(await get(agent)).toBe("ok");
    agent.destroy();
  });
});

describe("the build context", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "homeport-context-"));
    file("Dockerfile", "FROM conformance:1\nRUN echo before && false\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const file = (name: string, text: string, mode = 0o644) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    chmodSync(path.join(folder, name), mode);
  };
  const context = () => new BuildContext(folder, path.join(folder, "Dockerfile"));

  it("has the digest that the real provider recorded for it", () => {
    expect(context().digest()).toBe("1fd0d5c745b2c2fc1dadc07e48d4225477319004a6014a909d24d40cbcfc603d");
  });

  it("has another digest for other content, another mode, another name and another target of a link", () => {
    const digests = [context().digest()];
    const also = () => digests.push(context().digest());
    file("a/b", "1");
    also();
    file("a/b", "2");
    also();
    file("a/b", "2", 0o755);
    also();
    file("c", "2");
    also();
    symlinkSync("c", path.join(folder, "link"));
    also();
    rmSync(path.join(folder, "link"));
    symlinkSync("a", path.join(folder, "link"));
    also();
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("leaves out what .dockerignore names, also after a rule that takes something back", () => {
    file(".dockerignore", "logs\n!logs/keep\n*.pyc\nDockerfile\n");
    file("logs/old/x", "x");
    const before = context().digest();
    file("logs/y", "y");
    file("z.pyc", "z");
    expect(context().digest()).toBe(before);
    file("logs/keep", "k");
    expect(context().digest()).not.toBe(before);
    expect([...context().sent()].sort()).toEqual([".dockerignore", "Dockerfile", "logs", "logs/keep"]);
  });

  it("passes over an ignored folder that it may not read", () => {
    file("data/x", "x");
    chmodSync(path.join(folder, "data"), 0);
    chmodSync(folder, 0o755);
    // Root may read everything.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      expect(() => context().digest()).toThrow("EACCES");
      if (root) process.seteuid?.(0);
      file(".dockerignore", "data\n");
      if (root) process.seteuid?.(65534);
      expect([...context().sent()].sort()).toEqual([".dockerignore", "Dockerfile"]);
    } finally {
      if (root) process.seteuid?.(0);
      chmodSync(path.join(folder, "data"), 0o700);
    }
  });

  it("prefers the ignore file of the Dockerfile's own name", () => {
    file(".dockerignore", "a\n");
    file("Dockerfile.dockerignore", "b\n");
    file("a", "");
    file("b", "");
    expect(context().sent().has("a")).toBe(true);
    expect(context().sent().has("b")).toBe(false);
  });

  it("knows a Dockerfile outside of it", () => {
    mkdirSync(path.join(folder, "sub"));
    expect(new BuildContext(path.join(folder, "sub"), path.join(folder, "Dockerfile")).relativeDockerfile).toBe(
      "../Dockerfile",
    );
  });
});

describe("the plan of a container", () => {
  it("orders sets as the provider's state does", () => {
    expect(ordered(undefined, ["B=2", "A=1", "B=2"])).toEqual(["A=1", "B=2"]);
  });

  it("becomes the call that creates it", () => {
    const planned = plan(CONTAINER, {
      name: "web",
      image: "app:1",
      tmpfs: { "/tmp": "" },
      memory: 64,
      memorySwap: -1,
      securityOpts: ["systempaths=unconfined", "no-new-privileges"],
      hosts: [{ host: "db", ip: "10.0.0.2" }],
      volumes: [
        { hostPath: "/etc", containerPath: "/hostetc", readOnly: true },
        { volumeName: "data", containerPath: "/data" },
        { fromContainer: "other" },
      ],
      ports: [{ internal: 80, protocol: "udp" }],
    });
    expect(createOptions(planned)).toMatchObject({
      name: "web",
      Image: "app:1",
      Volumes: { "/hostetc": {}, "/data": {} },
      ExposedPorts: { "80/udp": {} },
      HostConfig: {
        Tmpfs: { "/tmp": "" },
        Memory: 64 * 1024 * 1024,
        MemorySwap: -1,
        SecurityOpt: ["no-new-privileges"],
        MaskedPaths: [],
        ReadonlyPaths: [],
        ExtraHosts: ["db:10.0.0.2"],
        VolumesFrom: ["other"],
        PortBindings: { "80/udp": [{ HostIp: "0.0.0.0", HostPort: "0" }] },
        NetworkMode: "bridge",
        Init: false,
      },
    });
    expect(createOptions(planned).HostConfig?.Binds?.sort()).toEqual(["/etc:/hostetc:ro", "data:/data:rw"]);
  });
});

describe("the limits of a container", () => {
  it("are read back as they were given, so that the next run finds no change", () => {
    const ulimits = [{ name: "nproc", soft: 256, hard: 256 }];
    const planned = plan(CONTAINER, { name: "web", image: "app:1", ulimits });
    const { HostConfig } = createOptions(planned);
    expect(HostConfig?.Ulimits).toEqual([{ Name: "nproc", Soft: 256, Hard: 256 }]);
    const found = { Id: "1", Name: "/web", HostConfig } as unknown as ContainerInspectInfo;
    expect(containerState(planned, found)["ulimits"]).toEqual(ulimits);
    expect(containerState(planned, { ...found, HostConfig: { ...found.HostConfig, Ulimits: [] } })["ulimits"]).toEqual(
      [],
    );
  });
});

describe("what is passed on", () => {
  it("is the daemon's own message in the words of Docker's client", () => {
    const error = Object.assign(new Error("(HTTP code 500) server error - boom "), { statusCode: 500, json: null });
    expect(apiMessage(error)).toBe("Error response from daemon: boom");
    expect(apiMessage(Object.assign(error, { json: { message: "told" } }))).toBe("Error response from daemon: told");
    expect(apiMessage(new Error("refused"))).toBe("error during connect: refused");
  });

  it("is each step of a build once, and every line a step prints", () => {
    // A StatusResponse with one step that has started and one line of its output.
    const step = [0x0a, 0x0a, ...field(3, "[1/2] RUN"), ...[0x2a, 0x00]];
    step[1] = step.length - 2;
    const line = field(4, "hello\nworld\n");
    const message = Buffer.from([...step, 0x1a, line.length, ...line]).toString("base64");
    const trace = new BuildTrace();
    expect(trace.lines(message)).toEqual(["[1/2] RUN", "hello", "world"]);
    expect(trace.lines(message)).toEqual(["hello", "world"]);
  });
});

/** A text or bytes field of a protocol buffer. */
function field(number: number, text: string): number[] {
  return [(number << 3) | 2, text.length, ...Buffer.from(text)];
}
