import { plain } from "../../support/mocks";
import { Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

const REMOTE = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";

interface Inputs {
  readonly [key: string]: unknown;
  readonly envs: readonly string[];
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  readonly volumes: readonly { readonly volumeName?: string; readonly containerPath: string }[];
}

const inputs = (name: string, of: Run): Inputs => plain(of.resource(name, CONTAINER).inputs) as Inputs;
const stdin = (name: string, of: Run): string => plain(of.resource(name, REMOTE).inputs["stdin"]) as string;
const label = (name: string, key: string, of: Run): string | undefined =>
  inputs(name, of).labels.find((one) => one.label === key)?.value;

describe("any image", () => {
  const facts = JSON.stringify({
    user: "1000:33",
    entrypoint: ["/entrypoint.sh"],
    command: ["gunicorn", "shop.wsgi"],
    ports: { "9001/tcp": {}, "5000/tcp": {}, "53/udp": {} },
    volumes: { "/app/media/": {} },
  });
  const processes = {
    worker: { command: "celery -A shop worker", memoryMb: 128 },
    beat: { command: ["celery", "-A", "shop", "beat"], instances: 1 },
  };
  const withFacts = (app: object): Promise<Run> =>
    runProgram({ settings: { app: { ...app } }, answers: { "app-facts": `a line of before\n${facts}\n` } });
  let other: Run;
  beforeAll(async () => {
    other = await withFacts({
      processes,
      volumes: ["/srv/cache"],
      capabilities: ["CHOWN"],
      memoryMb: 256,
      readOnly: false,
    });
  });

  test("runs as its own user, behind its own ENTRYPOINT, at the lowest port that it exposes", () => {
    expect(inputs("app-web", other)).toMatchObject({
      user: "1000:33",
      groupAdds: ["10001"],
      readOnly: false,
      capabilities: { drops: ["ALL"], adds: ["CHOWN"] },
      entrypoints: ["/opt/homeport/launch"],
      command: ["/entrypoint.sh", "gunicorn", "shop.wsgi"],
    });
    expect(inputs("app-web", other).envs).toContain("PORT=5000");
    expect(stdin("app-gate", other)).toContain(
      "\ntraefik-web-1a2b3c4\nwww.example.org\n5000\n/\n-\n-\nweb app-web-1a2b3c4\n",
    );
    expect(stdin("app-route", other)).toContain("http://app-web-1a2b3c4:5000");
  });

  test("keeps what it and the settings declare", () => {
    const volumes = [
      ["homeport-dev-data", "/data"],
      ["homeport-dev-srv-cache", "/srv/cache"],
      ["homeport-dev-app-media", "/app/media"],
    ] as const;
    const named = volumes.map(([volumeName, containerPath]) => ({ volumeName, containerPath }));
    expect(inputs("app-web", other).volumes).toEqual(expect.arrayContaining(named));
    expect(stdin("app-volumes", other)).toMatch(
      new RegExp(`\\n1000:33\\nkeep\\n.*\\n${volumes.map((one) => `${one.join(" ")}\\n`).join("")}$`),
    );
  });

  test("has its other processes, which the gate waits for and no proxy asks", () => {
    const [worker, beat] = ["app-worker", "app-beat"] as const;
    expect(inputs(worker, other)).toMatchObject({
      command: ["/entrypoint.sh", "sh", "-c", "exec celery -A shop worker"],
      ...{ memory: 128, memorySwap: 128, restart: "always", healthcheck: { tests: ["NONE"] } },
    });
    expect(inputs(beat, other)).toMatchObject({
      command: ["/entrypoint.sh", "celery", "-A", "shop", "beat"],
      ...{ memory: 256, memorySwap: 256 },
    });
    expect([label(worker, "homeport.role", other), label(worker, "homeport.process", other)]).toEqual([
      "process",
      "worker",
    ]);
    for (const key of ["image", "envs", "volumes", "user", "entrypoints"])
      expect(inputs(worker, other)[key]).toEqual(inputs("app-web", other)[key]);
    expect(stdin("app-gate", other)).toMatch(
      /\nweb app-web-1a2b3c4\nprocess app-worker-1a2b3c4\nprocess app-beat-1a2b3c4\n$/,
    );
    expect(stdin("app-route", other)).not.toMatch(/http:\/\/app-(worker|beat)/);
    expect(stdin("app-route", other)).toContain("\nserve homeport-dev app-worker-1a2b3c4\n");
  });

  test("never has two of a process of which there is to be one, not even during a deploy", () => {
    const first = (name: string): boolean | undefined => other.resource(name, CONTAINER).deleteBeforeReplace;
    expect([first("app-web"), first("app-worker"), first("app-beat")]).toEqual([false, false, true]);
  });

  test.each([
    ["gunicorn shop.asgi -b 0.0.0.0:$PORT", ["sh", "-c", "exec gunicorn shop.asgi -b 0.0.0.0:$PORT"]],
    ["./prepare && gunicorn shop.asgi", ["sh", "-c", "./prepare && gunicorn shop.asgi"]],
    [
      ["gunicorn", "shop.asgi"],
      ["gunicorn", "shop.asgi"],
    ],
  ])("starts %j instead where the settings say so, still behind its ENTRYPOINT", async (command, words) => {
    expect(inputs("app-web", await withFacts({ command }))["command"]).toEqual(["/entrypoint.sh", ...words]);
  });

  test("runs its release through its ENTRYPOINT, or not, as the settings say", async () => {
    const release = ["python manage.py migrate"];
    const words = (of: Run): unknown => inputs("app-release", of)["command"];
    expect(words(await withFacts({ release }))).toEqual(["/entrypoint.sh", "sh", "-ec", expect.any(String)]);
    const direct = await withFacts({ release: [], releaseEntrypoint: false });
    expect(words(direct)).toEqual(["sh", "-ec", ""]);
  });

  test("whose admins the adapter has found has those closed, too, and is asked by the adapter for its health", async () => {
    const report = { answered: 302, report: { django: "5.2", admins: ["/secret-admin/"], notes: ["a note"] } };
    const run = await runProgram({
      settings: { app: { adminPath: "/manage/" } },
      answers: { "app-gate": `app-web answers\n${JSON.stringify(report)}\n` },
    });
    expect(stdin("app-route", run)).toContain(
      "&& !PathRegexp(`^/manage(?:[/%]|$)`) && !PathRegexp(`^/secret-admin(?:[/%]|$)`)",
    );
    expect(run.outputs["adapter"]).toEqual({ value: { setOver: {}, notes: ["a note"] }, secret: false });
  });
});

describe("what a proxy of several asks of each container", () => {
  const servers = [{ ...FULL.servers[0], replicas: 2 }];
  const asked = async (answer: object): Promise<string> => {
    const answers = { "app-gate": JSON.stringify(answer) };
    const settings = {
      servers,
      database: { engine: "postgresql", server: "pi" },
      app: { ...FULL.app, health: { path: "/up" } },
    };
    return stdin("app-route", await runProgram({ settings, answers })).replaceAll(/\n +/g, " ");
  };

  test("is the adapter's own page where there is one", async () => {
    expect(await asked({ answered: 302, report: { django: "5.2" } })).toContain(
      "healthCheck: path: /.homeport/health hostname",
    );
  });

  test("is what the gate has asked elsewhere, with the status that it has had", async () => {
    const route = await asked({ answered: 403, report: {} });
    expect(route).toMatch(/healthCheck: path: \/up hostname: www\.example\.org .*status: 403/);
  });
});
