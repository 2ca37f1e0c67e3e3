import { plain } from "../../support/mocks";
import { Registered } from "../../support/monitor";
import { Run, runProgram } from "../../support/program";

const REMOTE = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";

interface Inputs {
  readonly [key: string]: unknown;
  readonly envs: readonly string[];
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  readonly volumes: readonly {
    readonly hostPath?: string;
    readonly containerPath: string;
    readonly readOnly?: boolean;
  }[];
}

const NAMES = ["traefik", "app-release", "app-web"] as const;
/** FULL has 128 for the application. */
const PROCESSES = { traefik: 512, "app-release": 128, "app-web": 128 };

const LONG_RUNNING = ["traefik", "app-web"] as const;

let run: Run;
beforeAll(async () => {
  run = await runProgram();
});

const container = (name: string): Registered => run.resource(name, CONTAINER);
const inputs = (name: string, of: Run = run): Inputs => plain(of.resource(name, CONTAINER).inputs) as Inputs;
const stdin = (name: string, of: Run = run): string => plain(of.resource(name, REMOTE).inputs["stdin"]) as string;
const label = (name: string, key: string, of: Run = run): string | undefined =>
  inputs(name, of).labels.find((one) => one.label === key)?.value;

test("these are all", () => {
  expect(
    run.resources
      .filter((one) => one.type === CONTAINER)
      .map((one) => one.name)
      .sort(),
  ).toEqual([...NAMES].sort());
});

describe.each(NAMES)("%s", (name) => {
  test("runs as a user of its own, without capabilities, on a file system that it cannot write", () => {
    expect(inputs(name)).toMatchObject({
      user: expect.stringMatching(/^[1-9]\d{4}:[1-9]\d{4}$/) as string,
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
    });
    expect(inputs(name)).not.toHaveProperty("privileged");
    expect(inputs(name)).not.toHaveProperty("capabilities.adds");
  });

  test("does not see the Docker socket", () => {
    expect(JSON.stringify(inputs(name))).not.toMatch(/docker\.sock|\/var\/run|"\/run"/);
  });

  test("has both limits of memory, or every 'up' would be a change", () => {
    const { memory, memorySwap } = inputs(name);
    expect(memory).toBeGreaterThan(0);
    expect(memorySwap).toBe(memory);
  });

  test("cannot fill the table of processes", () => {
    expect(inputs(name)["ulimits"]).toEqual([{ name: "nproc", soft: PROCESSES[name], hard: PROCESSES[name] }]);
  });

  test("has logs that cannot fill the disk", () => {
    expect(inputs(name)).toMatchObject({ logDriver: "json-file", logOpts: { "max-size": "10m", "max-file": "3" } });
  });

  test("has no fixed name, so that a new one can stand beside the old one", () => {
    expect(inputs(name)).not.toHaveProperty("name");
  });

  test("is replaced where the provider would change its state only", () => {
    const unapplied = ["healthcheck", "tmpfs", "mounts"].filter((property) => property in inputs(name));
    expect([...container(name).replaceOnChanges].sort()).toEqual(unapplied.sort());
  });

  test("reads secrets, if any, from files that it cannot change", () => {
    const secrets = inputs(name).volumes.filter(({ hostPath }) => hostPath?.startsWith("/etc/") === true);
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter(({ readOnly }) => readOnly !== true)).toEqual([]);
  });
});

describe.each(LONG_RUNNING)("%s", (name) => {
  // FULL gives Gunicorn 20 s.
  const grace = { traefik: 30, "app-web": 25 }[name];

  test("comes back after a reboot, and has time to end its requests", () => {
    expect(inputs(name)).toMatchObject({ restart: "always", destroyGraceSeconds: grace });
  });
});

test("the application's is waited for by a step that asks it over HTTP, and by the provider only the proxy's", () => {
  expect(inputs("traefik")).toMatchObject({ wait: true, waitTimeout: expect.any(Number) as number });
  expect(inputs("traefik")["healthcheck"]).toMatchObject({ tests: expect.arrayContaining(["CMD"]) as string[] });
  expect(inputs("app-web")).not.toHaveProperty("wait");
  expect(inputs("app-web")["healthcheck"]).toEqual({ tests: ["NONE"] });
  expect(stdin("app-gate")).toMatch(
    /\nhomeport-dev\npi\n90\ntraefik-web-1a2b3c4\nwww\.example\.org\n8000\n\/health\n200\n-\nweb app-web-1a2b3c4\n$/,
  );
});

test("only the owner of the host's ports goes before its successor comes", () => {
  expect(NAMES.map((name) => [name, container(name).deleteBeforeReplace])).toEqual([
    ["traefik", true],
    ["app-release", false],
    ["app-web", false],
  ]);
  expect(NAMES.filter((name) => "ports" in inputs(name))).toEqual(["traefik"]);
});

test.each(NAMES)("%s is marked with the stack that made it", (name) => {
  expect(label(name, "homeport.owner")).toBe("homeport/dev");
});

test("the proxy has the site's ports and that of the admin", () => {
  expect((inputs("traefik")["ports"] as { external: number }[]).map(({ external }) => external)).toEqual([
    80, 443, 8443,
  ]);
});

describe("the application", () => {
  test("has the same image, environment and files when it is released and when it serves", () => {
    for (const key of ["image", "envs", "volumes", "user", "entrypoints", "groupAdds", "networksAdvanced", "tmpfs"]) {
      expect(inputs("app-web")[key]).toEqual(inputs("app-release")[key]);
    }
  });

  test("gets what the settings say, in an order that does not depend on them", () => {
    expect(inputs("app-web").envs.filter((one) => !one.startsWith("HOMEPORT_SITE="))).toEqual([
      "DJANGO_ALLOWED_HOSTS=www.example.org,example.org,192.168.77.10,localhost",
      "DJANGO_TIME_ZONE=Europe/Berlin",
      "HOMEPORT_GUNICORN=--threads 2 --timeout 60 --graceful-timeout 20",
      "PORT=8000",
      "WEB_CONCURRENCY=2",
    ]);
    expect(inputs("app-web")).toMatchObject({ memory: 256 });
  });

  test("has the person's own variables, which win over the program's where nothing relies on those", async () => {
    const own = { WEB_CONCURRENCY: "7", DJANGO_SITE_TITLE: "Mine" };
    const other = await runProgram({ settings: { app: { environment: own } } });
    expect(inputs("app-web", other).envs).toEqual(
      expect.arrayContaining(["DJANGO_SITE_TITLE=Mine", "WEB_CONCURRENCY=7"]),
    );
    expect(inputs("app-web", other).envs.filter((one) => one.startsWith("WEB_CONCURRENCY="))).toHaveLength(1);
  });

  test("tells the adapter of its site, unless there is to be none", async () => {
    const site = (of: Run): unknown => {
      const text = inputs("app-web", of).envs.find((one) => one.startsWith("HOMEPORT_SITE="));
      return text === undefined ? undefined : JSON.parse(text.slice("HOMEPORT_SITE=".length));
    };
    expect(site(run)).toMatchObject({
      hosts: ["www.example.org", "example.org"],
      adminHosts: ["192.168.77.10", "localhost"],
      adminPaths: ["/manage/"],
      proxies: ["172.18.0.0/16"],
      database: { engine: "sqlite", both: false },
      storage: null,
      keep: [],
    });
    const without = await runProgram({ settings: { app: { adapter: false } } });
    expect(site(without)).toBeUndefined();
  });

  test("starts by Homeport's launcher, which reads the secrets as the group that may", () => {
    expect(inputs("app-web")).toMatchObject({ entrypoints: ["/opt/homeport/launch"], groupAdds: ["10001"] });
    expect(inputs("app-web").volumes).toEqual([
      { volumeName: "homeport-dev-data", containerPath: "/data" },
      { hostPath: "/etc/homeport/apps/homeport-dev", containerPath: "/run/secrets", readOnly: true },
      { hostPath: "/usr/local/lib/homeport/adapter/homeport-dev", containerPath: "/opt/homeport", readOnly: true },
    ]);
    expect(stdin("app-adapter")).toContain("\nfile /usr/local/lib/homeport/adapter/homeport-dev/launch 0755 ");
  });

  test("listens, is asked for its health and is routed to at the port of the settings", async () => {
    const command = ["wget", "-q", "http://127.0.0.1:9000/"];
    const app = { port: 9000, health: { command, path: "/up", status: 204, seconds: 90 } };
    const other = await runProgram({ settings: { app } });
    expect(inputs("app-web", other).envs).toEqual(expect.arrayContaining(["PORT=9000"]));
    expect(inputs("app-web", other)["healthcheck"]).toMatchObject({ tests: ["CMD", ...command], startPeriod: "1m30s" });
    expect(stdin("app-gate", other)).toMatch(
      /\n90\ntraefik-web-1a2b3c4\nwww\.example\.org\n9000\n\/up\n204\ncommand\nweb app-web-1a2b3c4\n$/,
    );
    expect(stdin("app-route", other)).toContain("http://app-web-1a2b3c4:9000");
  });

  test("runs its release commands one after the other, and stops at the first that fails", () => {
    expect(inputs("app-release")["command"]).toEqual([
      "sh",
      "-ec",
      "echo 'homeport: runs python manage.py migrate'\npython manage.py migrate",
    ]);
    // Docker's provider would take a failed container for a made one.
    expect(inputs("app-release")).toMatchObject({ start: false, mustRun: false, healthcheck: { tests: ["NONE"] } });
    expect(stdin("app-release-run")).toMatch(/\nhomeport-dev\npi\napp-release-1a2b3c4\n900\nchosen\n$/);
  });

  test("keeps its data when the stack is destroyed, or not, as the settings say", async () => {
    expect(stdin("app-volumes")).toMatch(/\n10001:10001\nkeep\n.*\nhomeport-dev-data \/data\n$/);
    expect(stdin("app-route")).toContain(
      "\nnote the data of homeport-dev stays on pi in the Docker volume homeport-dev-data;",
    );
    const other = await runProgram({ settings: { app: { keepData: false } } });
    expect(stdin("app-volumes", other)).toMatch(/\n10001:10001\ndelete\n.*\nhomeport-dev-data \/data\n$/);
    expect(stdin("app-route", other)).not.toContain("\nnote the data");
  });

  test("is a new container when a secret is another; the label tells nothing of it", () => {
    expect(label("app-web", "homeport.secrets")).toMatch(/^[0-9a-f]{16}$/);
  });
});

test("the proxy is a new container when what it reads at its start is another", async () => {
  const other = await runProgram({ settings: { tls: { directory: "production", email: "operator@example.org" } } });
  expect(label("traefik", "homeport.config", other)).not.toBe(label("traefik", "homeport.config"));
  expect(label("app-web", "homeport.secrets", other)).toBe(label("app-web", "homeport.secrets"));
});

test("a changed page is another image, and nothing else but what names it", async () => {
  const image = run.resource("app-image", "docker:index/image:Image");
  expect(image.inputs).toMatchObject({
    imageName: expect.stringMatching(/^homeport-dev:[0-9a-f]{16}$/) as string,
    skipPush: true,
    build: {
      platform: "linux/arm64",
      args: { PYTHON_IMAGE: "python:3.13-slim-bookworm", STATIC_PLATFORM: "linux/amd64" },
      dockerfile: "app/Dockerfile",
    },
  });
  const other = await runProgram({ files: { "app/page.html": "another\n" } });
  const differing = run.resources
    .filter((one) =>
      other.resources.some(({ urn, inputs }) => urn === one.urn && visibly(inputs) !== visibly(one.inputs)),
    )
    .map((one) => one.name);
  expect(differing.sort()).toEqual(["app-facts", "app-image", "app-release", "app-transfer", "app-volumes", "app-web"]);
});

describe("an image of a registry", () => {
  const image = "registry.example.org/site:1";
  let other: Run;
  beforeAll(async () => {
    other = await runProgram({ settings: { app: { image } } });
  });

  test("is built by nobody and may be pulled", () => {
    expect(other.resources.filter(({ type }) => type === "docker:index/image:Image")).toEqual([]);
    expect(other.resource("app-transfer", "command:local:Command").inputs["environment"]).toMatchObject({
      IMAGE: image,
      PULL: "yes",
    });
  });

  test("is what is released and serves", () => {
    for (const name of ["app-release", "app-web"]) expect(inputs(name, other)["image"]).toBe(image);
  });
});

test("another Dockerfile is built with", async () => {
  const { resource } = await runProgram({
    settings: { app: { dockerfile: "../Dockerfile.own" } },
    files: { "Dockerfile.own": "FROM scratch\n" },
  });
  expect(resource("app-image", "docker:index/image:Image").inputs).toMatchObject({
    build: { context: "./app", dockerfile: "Dockerfile.own" },
  });
});

describe("a secret that is to be rotated", () => {
  const keepers = (of: Run, name: string): unknown =>
    of.resource(name, "random:index/randomPassword:RandomPassword").inputs["keepers"];

  test("is another when the setting has another text", () => {
    expect(keepers(run, "app-django-key")).toEqual({ rotation: "2026-11" });
    expect(keepers(run, "app-admin-password")).toEqual({ rotation: "2026-11" });
  });

  test("stays as it is without the setting", async () => {
    const other = await runProgram({ settings: { app: { rotate: { djangoKey: "now" } } } });
    expect(keepers(other, "app-django-key")).toEqual({ rotation: "now" });
    expect(keepers(other, "app-admin-password")).toBeUndefined();
  });
});

// Each run has a directory of its own.
function visibly(value: unknown): string {
  return JSON.stringify(value).replace(/\/homeport-test-\w+/g, "");
}
