import * as path from "node:path";

import { readSettings } from "../../../settings/load";
import { Settings } from "../../../settings/settings";
import { CERTIFICATE } from "../../support/fixtures";
import { KEYS } from "../../support/private-keys";
import { temporaryDirectory, writeFiles } from "../../support/directory";
import { isSecretOf } from "../../support/secret-text";
import { changed, MINIMAL } from "../../support/settings";

describe("files", () => {
  const directory = temporaryDirectory();
  const key = path.join(directory, "id_ed25519");
  const ca = path.join(directory, "ca.pem");
  beforeAll(() => {
    writeFiles(directory, { id_ed25519: KEYS.usual }, 0o600);
    writeFiles(directory, { "ca.pem": CERTIFICATE });
  });

  test("the operator's key is read and secret", async () => {
    const { edge, servers } = withKeys(key);
    expect(edge.privateKeyFile).toBe(key);
    for (const host of [edge, ...servers]) {
      await expect(host.privateKey && isSecretOf(host.privateKey)).resolves.toEqual([true, KEYS.usual]);
    }
  });

  test("the authority's certificate is read", () => {
    expect(readSettings(changed(MINIMAL, "tls/caFile", ca)).tls.caPem).toBe(CERTIFICATE);
  });

  test.each(["edge/privateKeyFile", "servers/0/privateKeyFile", "tls/caFile"])("rejects a missing %s", (at) => {
    expect(() => readSettings(changed(MINIMAL, at, "/nowhere/file"))).toThrow(
      `${at.replace("/0/", "[0].").replace("/", ".")}: "/nowhere/file" is not there: correct the path`,
    );
  });

  function withKeys(file: string): Settings {
    return readSettings(changed(changed(MINIMAL, "edge/privateKeyFile", file), "servers/0/privateKeyFile", file));
  }
});
