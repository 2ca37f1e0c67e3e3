import { spawnSync } from "node:child_process";

import { renderPostgresConf, renderPostgresHba } from "../../../components/database/postgres-config";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { describeWhere, missingTool } from "../../support/tools";

const valueIn = (text: string, key: string): string | undefined => new RegExp(`^${key} = '(.*)'$`, "m").exec(text)?.[1];
const megabytes = (text: string, key: string): number => Number(valueIn(text, key)?.replace(/MB$/, ""));

describe.each([
  [128, 100],
  [512, 100],
  [512, 124],
  [1024, 100],
  [1024, 250],
  [8192, 100],
])("a database of %d MB and %d connections", (memory, connections) => {
  const text = renderPostgresConf(memory, connections);

  test("takes that many", () => {
    expect(valueIn(text, "max_connections")).toBe(String(connections));
  });

  test("has a quarter of it for its own cache, and counts on half of it in all", () => {
    expect(megabytes(text, "shared_buffers")).toBe(memory / 4);
    expect(megabytes(text, "effective_cache_size")).toBe(memory / 2);
  });

  test("does not run out of it when a quarter of the connections sorts and all that clean up are at work", () => {
    const sorts = (Number(valueIn(text, "max_connections")) / 4) * megabytes(text, "work_mem");
    const cleaning = Number(valueIn(text, "autovacuum_max_workers")) * megabytes(text, "maintenance_work_mem");
    expect(megabytes(text, "shared_buffers") + sorts + cleaning).toBeLessThan(memory);
  });

  test("needs no more shared memory than a container has", () => {
    expect(valueIn(text, "max_parallel_workers_per_gather")).toBe("0");
  });
});

test("nobody comes in without TLS, and passwords are kept as SCRAM only", () => {
  const text = renderPostgresConf(512, 100);
  expect(valueIn(text, "ssl")).toBe("on");
  expect(valueIn(text, "ssl_min_protocol_version")).toBe("TLSv1.3");
  expect(valueIn(text, "password_encryption")).toBe("scram-sha-256");
  const [local, ...network] = renderPostgresHba()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(local).toMatch(/^local /);
  expect(network).toEqual(["hostssl django django all scram-sha-256"]);
});

describeWhere("PostgreSQL takes the configuration", missingTool("postgres", ["--version"]), () => {
  const directory = temporaryDirectory();

  test.each([128, 512])("for %d MB", (memory) => {
    writeFiles(directory, { "postgresql.conf": renderPostgresConf(memory, 100) });
    const { status, stdout } = spawnSync("postgres", ["-C", "max_wal_size", "-D", directory], {
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "256\n" });
  });
});
