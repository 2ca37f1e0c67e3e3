import { djangoEnvironment, DjangoSettings } from "../../../components/app/environment";
import { RESERVED_VARIABLES } from "../../../settings/reserved-variables";

const STORAGE = { endpoint: "https://s3.example.org", bucket: "weblog", region: "eu", signed: false, caPem: undefined };

const SETTINGS: DjangoSettings = {
  ...{ port: 8000, adminUser: "admin", workers: 3, threads: 4, timeoutSeconds: 30, gracefulSeconds: 25 },
  ...{ hsts: { seconds: 3600, includeSubdomains: false, preload: false }, logLevel: "INFO" },
  ...{ engine: "sqlite", postgres: false, storage: STORAGE, environment: {}, secretNames: [] },
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

test("every variable of the storage is reserved", () => {
  const variables = storage({ acl: "public-read", caPem: "PEM", publicUrl: "https://cdn.example.org" });
  for (const name of variables.map((one) => one.split("=")[0] ?? "")) expect(RESERVED_VARIABLES).toHaveProperty(name);
});
