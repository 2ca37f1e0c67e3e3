import * as pulumi from "@pulumi/pulumi";

import { encrypted, externalDatabase } from "../../../components/database/external-database";
import { ProviderMocks } from "../../support/mocks";

const PLAIN = "postgresql://weblog:p%40ss%2Fword@db.example.org:5432/weblog";
const OWN = "sslrootcert=/run/secrets/database_ca.pem";
const PUBLIC = "sslrootcert=/etc/ssl/certs/ca-certificates.crt";

describe("who answers is proven", () => {
  test.each([
    ["by the authority that is given", "", true, `?sslmode=verify-full&${OWN}`],
    ["by it also where a provider's URL asks for less", "?sslmode=require", true, `?sslmode=verify-full&${OWN}`],
    [
      "by it and no other",
      "?sslmode=verify-ca&sslrootcert=/root.pem&connect_timeout=9",
      true,
      `?sslmode=verify-full&${OWN}&connect_timeout=9`,
    ],
    ["by the public ones where none is given", "", false, `?sslmode=verify-full&${PUBLIC}`],
    ["with the URL's other options", "?connect_timeout=9", false, `?connect_timeout=9&sslmode=verify-full&${PUBLIC}`],
    [
      "by a file of the image that the URL names, whose path needs no %2F",
      "?sslrootcert=/srv/root.pem",
      false,
      "?sslrootcert=/srv/root.pem&sslmode=verify-full",
    ],
  ])("%s", (_, options, known, expected) => {
    expect(encrypted(PLAIN + options, known)).toBe(PLAIN + expected);
  });

  test.each(["disable", "require", "verify-ca", "verify-full&sslrootcert=/srv/root.pem"])(
    "unless the person says otherwise: sslmode=%s",
    (mode) => {
      expect(encrypted(`${PLAIN}?sslmode=${mode}`, false)).toBe(`${PLAIN}?sslmode=${mode}`);
    },
  );
});

test.each([
  "mysql://weblog:hush@db.example.org/weblog",
  "postgresql://weblog@db.example.org/weblog",
  "postgresql://weblog:hu/sh@db.example.org/weblog",
  "postgresql://weblog:hush@db.example.org",
  "postgresql://weblog:hush@db.example.org/web/log",
  "postgresql://weblog:hush@db.example.org/weblog?sslmode=require#sslmode=disable",
])("what is no address is refused without its text: %s", (text) => {
  const fault = (): string => encrypted(text, false);
  expect(fault).toThrow(/^databaseUrl: not the URL of a PostgreSQL database/);
  expect(fault).not.toThrow(/hu\/?sh/);
});

describe("the application's database", () => {
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  beforeAll(() => pulumi.runtime.setMocks(new ProviderMocks({}, true), "homeport", "dev"));
  beforeEach(() => warn.mockClear());
  afterAll(() => {
    warn.mockRestore();
  });

  test("is none without a URL", () => {
    expect(externalDatabase({ url: undefined, caPem: undefined })).toBeUndefined();
  });

  test.each([
    ["?sslmode=require", undefined, 1],
    ["?sslmode=disable", undefined, 1],
    ["?sslmode=require", "PEM", 0],
    ["?sslmode=verify-ca", undefined, 0],
    ["", undefined, 0],
  ])(
    "that anybody could answer for is warned of, and stays secret: %s, authority %s",
    async (options, caPem, count) => {
      const database = externalDatabase({ url: pulumi.secret(PLAIN + options), caPem });
      if (database === undefined) throw new Error("no database");
      expect(await value(database.url)).toBe(encrypted(PLAIN + options, caPem !== undefined));
      expect(await pulumi.isSecret(database.url)).toBe(true);
      expect(database.caPem).toBe(caPem);
      expect(warn).toHaveBeenCalledTimes(count);
      for (const [text] of warn.mock.calls) expect(String(text)).not.toContain("p%40ss");
    },
  );
});

async function value(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => void output.apply(resolve));
}
