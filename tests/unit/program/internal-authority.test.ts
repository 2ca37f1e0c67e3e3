import * as pulumi from "@pulumi/pulumi";

import { InternalAuthority, IssuedCertificate } from "../../../components/proxy/internal-authority";
import { generated, isSecret, plain, ProviderMocks, visible } from "../../support/mocks";
import { recordRegistrations, Registered } from "../../support/monitor";

const YEAR = 8760;

let registered: readonly Registered[];
let authority: InternalAuthority;
let server: IssuedCertificate;
let client: IssuedCertificate;
beforeAll(async () => {
  await pulumi.runtime.setMocks(new ProviderMocks({}, true), "homeport", "dev");
  registered = recordRegistrations();
  authority = new InternalAuthority("internal");
  server = authority.issue("postgres", { dnsNames: ["postgres.internal"], uses: "server" });
  client = authority.issue("ingress", { dnsNames: [], uses: "client" });
  await pulumi.runtime.disconnect();
});

function inputs(name: string): Readonly<Record<string, unknown>> {
  const found = registered.filter((one) => one.name === name);
  expect(found).toHaveLength(1);
  return plain(found[0]?.inputs) as Readonly<Record<string, unknown>>;
}

const hours = (name: string, key: string): number => Number(inputs(name)[key]);

test("the authority signs certificates, and no further authority", () => {
  expect(inputs("internal-certificate")).toMatchObject({
    isCaCertificate: true,
    maxPathLength: 0,
    allowedUses: ["cert_signing"],
    setSubjectKeyId: true,
    privateKeyPem: generated("internal-key").pem,
  });
});

test("every key is an ECDSA key of its own", () => {
  const keys = registered.filter(({ type }) => type === "tls:index/privateKey:PrivateKey");
  expect(keys.map(({ name }) => name).sort()).toEqual([
    "internal-ingress-key",
    "internal-key",
    "internal-postgres-key",
  ]);
  for (const key of keys) expect(key.inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
});

test.each([
  ["postgres", ["postgres.internal"], "server_auth"],
  ["ingress", [], "client_auth"],
])("%s is signed for its names and for its end of a connection", (name, dnsNames, use) => {
  expect(inputs(`internal-${name}-request`)).toEqual({
    privateKeyPem: generated(`internal-${name}-key`).pem,
    subject: { commonName: name },
    dnsNames,
  });
  expect(inputs(`internal-${name}-certificate`)).toMatchObject({
    caPrivateKeyPem: generated("internal-key").pem,
    allowedUses: ["digital_signature", use],
  });
  expect(inputs(`internal-${name}-certificate`)).not.toHaveProperty("isCaCertificate");
});

test("a site that nobody touches for a year goes on working", () => {
  for (const name of ["internal-certificate", "internal-postgres-certificate"])
    expect(hours(name, "earlyRenewalHours")).toBeGreaterThan(YEAR);
});

test("no certificate outlives the authority that signed it", () => {
  expect(hours("internal-certificate", "earlyRenewalHours")).toBeGreaterThan(
    hours("internal-postgres-certificate", "validityPeriodHours"),
  );
});

test("an up soon after another renews nothing", () => {
  for (const name of ["internal-certificate", "internal-postgres-certificate"])
    expect(hours(name, "earlyRenewalHours")).toBeLessThanOrEqual(hours(name, "validityPeriodHours") / 2);
});

test("keys are secret wherever they stand, certificates are not", async () => {
  for (const name of ["internal-key", "internal-postgres-key", "internal-ingress-key"]) {
    const key = generated(name).pem.split("\n")[1] ?? "";
    expect(JSON.stringify(registered.map((one) => visible(one.inputs)))).not.toContain(key);
  }
  const found = registered.find(({ name }) => name === "internal-postgres-certificate");
  expect(isSecret(found?.inputs["caPrivateKeyPem"])).toBe(true);
  expect(await Promise.all([server.key, client.key].map((key) => pulumi.isSecret(key)))).toEqual([true, true]);
  expect(await Promise.all([authority.certificate, server.certificate].map((one) => pulumi.isSecret(one)))).toEqual([
    false,
    false,
  ]);
});
