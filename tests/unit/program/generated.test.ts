import * as pulumi from "@pulumi/pulumi";

import { AppSecrets } from "../../../components/app/secrets";
import { DefaultCertificate } from "../../../components/proxy/default-certificate";
import { bundleCommand } from "../../../components/machine/bundle-command";
import { EMPTY_SPEC } from "../../../components/machine/host-spec";
import { SharedKey, TunnelKeys, x25519PublicKey } from "../../../components/tunnel/tunnel-keys";
import { HOST_ACCESS } from "../../support/fixtures";
import { generated, isSecret, ProviderMocks } from "../../support/mocks";
import { recordRegistrations, Registered } from "../../support/monitor";

let registered: readonly Registered[];
beforeAll(async () => {
  await pulumi.runtime.setMocks(new ProviderMocks({}, true), "homeport", "dev");
  registered = recordRegistrations();
});

const valueOf = (output: pulumi.Output<string>): Promise<string> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

describe("generated values that nobody may see are secret where they are made", () => {
  test.each([
    ["the tunnel's private key", () => new TunnelKeys("pi-tunnel", undefined).privateKey],
    ["the key that two ends share", () => new SharedKey("pi-shared", undefined).key],
    ["Django's key", () => new AppSecrets("one", { rotate: {} }).djangoKey],
    ["the admin's password", () => new AppSecrets("two", { rotate: {} }).adminPassword],
    ["the key of the default certificate", () => new DefaultCertificate("default").key],
  ])("%s", async (_, make) => {
    expect(await pulumi.isSecret(make())).toBe(true);
  });

  test.each([
    ["the tunnel's public key", () => new TunnelKeys("pi-public", undefined).publicKey],
    ["the default certificate", () => new DefaultCertificate("public").certificate],
  ])("but %s is not", async (_, make) => {
    expect(await pulumi.isSecret(make())).toBe(false);
  });
});

test("the public key is the private one's", async () => {
  const keys = new TunnelKeys("vps-tunnel", undefined);
  expect(await valueOf(keys.publicKey)).toBe(x25519PublicKey(generated("vps-tunnel-key").tunnelKey));
});

test("a bundle of secrets is secret whatever it is made of", async () => {
  const spec = { ...EMPTY_SPEC, files: [{ path: "/etc/key", text: "in the clear by mistake" }] };
  bundleCommand("keys", { host: HOST_ACCESS, bundle: "keys", spec, secret: true }, {});
  await pulumi.runtime.disconnect();
  expect(isSecret(registered.find((one) => one.name === "keys")?.inputs["stdin"])).toBe(true);
});
