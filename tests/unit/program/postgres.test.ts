import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { script } from "../../../components/machine/scripts";
import { InternalAuthority } from "../../../components/proxy/internal-authority";
import { databaseVolume, Postgres, PostgresArgs } from "../../../components/database/postgres";
import { HOST_ACCESS } from "../../support/fixtures";
import { generated, isSecret, plain, ProviderMocks, visible } from "../../support/mocks";
import { recordRegistrations, Registered } from "../../support/monitor";

const REMOTE = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";
const PASSWORD = generated("database-password").password;

interface Made {
  readonly resources: readonly Registered[];
  readonly url: { readonly value: string; readonly secret: boolean };
  readonly one: (name: string, type: string) => Registered;
}

async function make(over: Partial<PostgresArgs> = {}): Promise<Made> {
  await pulumi.runtime.setMocks(new ProviderMocks({}, true), "homeport", "dev");
  const resources = recordRegistrations();
  const { url } = new Postgres("database", {
    app: "homeport-dev",
    host: HOST_ACCESS,
    provider: new docker.Provider("pi-docker", { host: "ssh://pi@192.168.77.10:22" }),
    image: "postgres:17-bookworm",
    network: "traefik-web-1a2b3c4",
    authority: new InternalAuthority("internal"),
    memoryMb: 512,
    connections: 124,
    keepData: true,
    ...over,
  });
  const value = await new Promise<string>((resolve) => void url.apply(resolve));
  const secret = await pulumi.isSecret(url);
  await pulumi.runtime.disconnect();
  return {
    resources,
    url: { value, secret },
    one: (name, type) => {
      const [found] = resources.filter((resource) => resource.name === name && resource.type === type);
      if (found === undefined) throw new Error(`no ${type} ${name}`);
      return found;
    },
  };
}

let made: Made;
beforeAll(async () => {
  made = await make();
});

const container = (of: Made = made): Record<string, unknown> =>
  plain(of.one("database", CONTAINER).inputs) as Record<string, unknown>;
const stdin = (name: string, of: Made = made): string => String(plain(of.one(name, REMOTE).inputs["stdin"]));

test("the application gets a secret address by which it verifies the server", () => {
  expect(made.url).toEqual({
    value: `postgresql://django:${PASSWORD}@postgres.internal:5432/django?sslmode=verify-full&sslrootcert=/run/secrets/database_ca.pem`,
    secret: true,
  });
  expect(made.one("internal-database-request", "tls:index/certRequest:CertRequest").inputs).toMatchObject({
    dnsNames: ["postgres.internal"],
  });
});

describe("the container", () => {
  test("runs without privileges on a file system that it cannot write, with bounded memory", () => {
    expect(container()).toMatchObject({
      user: "999:999",
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      memory: 512,
      memorySwap: 512,
      tmpfs: { "/tmp": "", "/var/run/postgresql": "" },
      // A process each, and PostgreSQL's own.
      ulimits: [{ name: "nproc", soft: 280, hard: 280 }],
    });
  });

  test("has the certificate's name in the application's network, and its port on the server", () => {
    expect(container()["networksAdvanced"]).toEqual([{ name: "traefik-web-1a2b3c4", aliases: ["postgres.internal"] }]);
    expect(container()["ports"]).toEqual([{ internal: 5432, external: 5432, ip: "0.0.0.0" }]);
  });

  test("counts when PostgreSQL answers, comes back after a reboot, and has time to write what it knows", () => {
    expect(container()).toMatchObject({
      wait: true,
      restart: "always",
      destroyGraceSeconds: 60,
      healthcheck: { tests: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "django", "-d", "django"] },
    });
  });

  test("is alone with its data: the old one goes before the new one comes", () => {
    const { deleteBeforeReplace, replaceOnChanges } = made.one("database", CONTAINER);
    expect(deleteBeforeReplace).toBe(true);
    expect([...replaceOnChanges].sort()).toEqual(["healthcheck", "tmpfs"]);
  });

  test("is not taken for the proxy or the application, which are found by their labels", () => {
    const labels = container()["labels"] as { label: string; value: string }[];
    expect(labels.map(({ label }) => label)).not.toContain("homeport.config");
    expect(labels).toContainEqual({ label: "homeport.role", value: "postgres" });
  });

  test("is made when its files are there", () => {
    const { dependencies } = made.one("database", CONTAINER);
    expect(dependencies).toContain(made.one("database-files", REMOTE).urn);
    expect(made.one("database-files", REMOTE).dependencies).toContain(made.one("database-secrets", REMOTE).urn);
  });

  test("is a new one when it has other memory, and not when the password is another", async () => {
    const config = (of: Made): unknown =>
      (container(of)["labels"] as { label: string; value: string }[]).find(
        ({ label }) => label === "homeport.database",
      );
    expect(config(await make({ memoryMb: 1024 }))).not.toEqual(config(made));
    expect(container(await make({ rotation: "2026-11" }))).toEqual(container());
  });
});

describe("the password", () => {
  test("stands in no input that can be seen", () => {
    const shown = made.resources.filter((one) => JSON.stringify(visible(one.inputs)).includes(PASSWORD));
    expect(shown.map(({ name }) => name)).toEqual([]);
  });

  test("comes in a file that the container's user alone can read, below a directory of root's", () => {
    const { inputs } = made.one("database-secrets", REMOTE);
    expect([isSecret(inputs["stdin"]), inputs["logging"]]).toEqual([true, "none"]);
    expect(stdin("database-secrets")).toContain(`
dir /etc/homeport/postgres/homeport-dev 0700 root:root
dir /etc/homeport/postgres/homeport-dev/secrets 0500 999:999
file /etc/homeport/postgres/homeport-dev/secrets/password 0400 999:999 - -
  ${PASSWORD}
file /etc/homeport/postgres/homeport-dev/secrets/server.key 0400 999:999 - -
`);
  });

  test("is set again for every new container and every new password, after both are there", () => {
    const data = stdin("database-role").slice(script("database/postgres-role.sh").length);
    expect(data).toMatch(/^database-id\ndjango\n[0-9a-f]{16}\n$/);
    expect(made.one("database-role", REMOTE).dependencies).toContain(made.one("database", CONTAINER).urn);
  });

  test("is another when the person asks for one", async () => {
    const keepers = (of: Made): unknown =>
      of.one("database-password", "random:index/randomPassword:RandomPassword").inputs["keepers"];
    expect(keepers(made)).toBeUndefined();
    expect(keepers(await make({ rotation: "2026-11" }))).toEqual({ rotation: "2026-11" });
  });
});

describe("the data", () => {
  test.each([true, false])("outlives the stack as the settings say: %s", async (keepData) => {
    const of = await make({ keepData });
    const volume = of.one("database-data", "docker:index/volume:Volume");
    expect(volume.retainOnDelete).toBe(keepData);
    expect(volume.inputs).toEqual({ name: databaseVolume("homeport-dev") });
    expect(stdin("database-files", of).includes("\nnote the database of homeport-dev stays on pi in")).toBe(keepData);
  });
});

test("what is no secret can be read in a preview", () => {
  expect(typeof made.one("database-files", REMOTE).inputs["stdin"]).toBe("string");
  expect(stdin("database-files")).toContain("hostssl django django all scram-sha-256");
});
