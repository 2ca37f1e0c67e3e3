import * as path from "node:path";

import { readSettings } from "../../../settings/load";
import { Settings } from "../../../settings/settings";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { isSecretOf } from "../../support/secret-text";
import { changed, MINIMAL } from "../../support/settings";

describe("files", () => {
  const directory = temporaryDirectory();
  const key = path.join(directory, "id_ed25519");
  const ca = path.join(directory, "ca.pem");
  beforeAll(() => {
    writeFiles(directory, { id_ed25519: "the operator's key\n", "ca.pem": "a certificate\n" });
  });

  test("the operator's key is read and secret", async () => {
    const { edge, servers } = withKeys(key);
    expect(edge.privateKeyFile).toBe(key);
    for (const host of [edge, ...servers]) {
      await expect(host.privateKey && isSecretOf(host.privateKey)).resolves.toEqual([true, "the operator's key\n"]);
    }
  });

  test("the authority's certificate is read", () => {
    expect(readSettings(changed(MINIMAL, "tls/caFile", ca)).tls.caPem).toBe("a certificate\n");
  });

  test.each(["edge/privateKeyFile", "servers/0/privateKeyFile", "tls/caFile"])("rejects a missing %s", (at) => {
    expect(() => readSettings(changed(MINIMAL, at, "/nowhere/file"))).toThrow(`${at}: cannot read /nowhere/file: `);
  });

  function withKeys(file: string): Settings {
    return readSettings(changed(changed(MINIMAL, "edge/privateKeyFile", file), "servers/0/privateKeyFile", file));
  }
});
