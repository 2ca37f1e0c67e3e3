import { djangoEnvironment, DjangoSettings } from "../../../components/app/environment";

const STORAGE = { endpoint: "https://s3.example.org", bucket: "weblog", region: "eu", signed: false, caPem: undefined };

const SETTINGS: DjangoSettings = {
  ...{ port: 8000, adminUser: "admin", workers: 3, threads: 4, timeoutSeconds: 30, gracefulSeconds: 25 },
  ...{ hsts: { seconds: 3600, includeSubdomains: false, preload: false }, logLevel: "INFO" },
  ...{ engine: "sqlite", postgres: false, storage: STORAGE, environment: {}, secretNames: [] },
  ...{
    app: "blog",
    adminPath: ["/admin/"],
    adminHosts: [],
    volumes: [],
    adapter: [],
    publicUploadMaxMb: 10,
    secretPaths: {},
  },
};

function server(part: Partial<DjangoSettings>): string[] {
  const none = { workers: undefined, threads: undefined, timeoutSeconds: undefined, gracefulSeconds: undefined };
  return djangoEnvironment({ ...SETTINGS, ...none, ...part }, ["example.org"], "172.18.0.0/16").filter((one) =>
    /^(WEB|HOMEPORT_GUNICORN)/.test(one),
  );
}

test("the server gets what the settings say, and is left alone elsewhere", () => {
  expect(server({})).toEqual([]);
  expect(server({ workers: 2, threads: 4, timeoutSeconds: 60, gracefulSeconds: 20 })).toEqual([
    "HOMEPORT_GUNICORN=--threads 4 --timeout 60 --graceful-timeout 20",
    "WEB_CONCURRENCY=2",
  ]);
});

test("your own variables win, and the value of a file is known by its path", () => {
  const environment = { WEB_CONCURRENCY: "7", MAIL_PASSWORD_FILE: "/elsewhere" };
  const settings = {
    ...SETTINGS,
    environment,
    secretNames: ["MAIL_PASSWORD"],
    secretPaths: { KEY_FILE: "/run/secrets/k" },
  };
  const all = djangoEnvironment(settings, ["example.org"], "172.18.0.0/16");
  expect(all).toEqual(
    expect.arrayContaining(["WEB_CONCURRENCY=7", "MAIL_PASSWORD_FILE=/elsewhere", "KEY_FILE=/run/secrets/k"]),
  );
  expect(new Set(all.map((one) => one.split("=")[0])).size).toBe(all.length);
});

describe("what the adapter is told", () => {
  const site = (settings: Partial<DjangoSettings>): unknown => {
    const all = djangoEnvironment({ ...SETTINGS, ...settings }, ["example.org", "pi.local"], "172.18.0.0/16,10.77.0.1");
    const text = all.find((one) => one.startsWith("HOMEPORT_SITE="))?.slice("HOMEPORT_SITE=".length);
    return text === undefined ? undefined : JSON.parse(text);
  };

  test("is the site, its admin's names apart, and nothing secret", () => {
    expect(site({ adminHosts: ["pi.local"], volumes: ["/app/media"], adapter: ["logs"] })).toEqual({
      ...{ app: "blog", hosts: ["example.org"], adminHosts: ["pi.local"], adminPaths: ["/admin/"], adminUser: "admin" },
      ...{ proxies: ["172.18.0.0/16", "10.77.0.1"], logLevel: "INFO", data: "/data", volumes: ["/app/media"] },
      hsts: { seconds: 3600, includeSubdomains: false, preload: false },
      database: { engine: "sqlite", both: false },
      storage: {
        ...{ endpoint: "https://s3.example.org", bucket: "weblog", region: "eu" },
        ...{ publicUrl: null, signed: false, acl: null },
      },
      publicUploadMb: 10,
      keep: ["logs"],
    });
  });

  test("is nothing where there is no adapter", () => {
    expect(site({ adapter: "all" })).toBeUndefined();
  });
});
