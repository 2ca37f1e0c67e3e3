import { djangoEnvironment, DjangoSettings } from "../../../components/app/environment";

const STORAGE = { endpoint: "https://s3.example.org", bucket: "weblog", region: "eu", signed: false, caPem: undefined };

const SETTINGS: DjangoSettings = {
  ...{ port: 8000, adminUser: "admin", workers: 3, threads: 4, timeoutSeconds: 30, gracefulSeconds: 25 },
  ...{ hsts: { seconds: 3600, includeSubdomains: false, preload: false }, logLevel: "INFO" },
  ...{ engine: "sqlite", postgres: false, storage: STORAGE, environment: {}, secretNames: [] },
  ...{ app: "blog", adminPath: ["/admin/"], adminHosts: [], volumes: [], adapter: [], secretPaths: {} },
};

function storage(part: Partial<NonNullable<DjangoSettings["storage"]>>): string[] {
  return djangoEnvironment({ ...SETTINGS, storage: { ...STORAGE, ...part } }, ["example.org"], "172.18.0.0/16").filter(
    (one) => one.startsWith("STORAGE_"),
  );
}

test("the application gets the bucket, and optional storage settings only where set", () => {
  const always = [
    "STORAGE_BUCKET=weblog",
    "STORAGE_ENDPOINT=https://s3.example.org",
    "STORAGE_REGION=eu",
    "STORAGE_SIGNED=false",
  ];
  expect(storage({})).toEqual(always);
  const more = ["STORAGE_ACL=public-read", "STORAGE_CA_FILE=/run/secrets/storage_ca.pem"];
  expect(storage({ acl: "public-read", caPem: "PEM", publicUrl: "https://cdn.example.org" })).toEqual(
    [...always, ...more, "STORAGE_PUBLIC_URL=https://cdn.example.org"].sort(),
  );
});

test("your own variables win, and the value of a file is known by its path", () => {
  const environment = { GUNICORN_WORKERS: "7", MAIL_PASSWORD_FILE: "/elsewhere" };
  const settings = {
    ...SETTINGS,
    environment,
    secretNames: ["MAIL_PASSWORD"],
    secretPaths: { KEY_FILE: "/run/secrets/k" },
  };
  const all = djangoEnvironment(settings, ["example.org"], "172.18.0.0/16");
  expect(all).toEqual(
    expect.arrayContaining(["GUNICORN_WORKERS=7", "MAIL_PASSWORD_FILE=/elsewhere", "KEY_FILE=/run/secrets/k"]),
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
      keep: ["logs"],
    });
  });

  test("is nothing where there is no adapter", () => {
    expect(site({ adapter: "all" })).toBeUndefined();
  });
});
