import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";

import { utils } from "ssh2";

import type { Json, Properties } from "./support/plugin-client";
import { isError, PluginClient } from "./support/plugin-client";
import { ask, mask, recordedCases } from "./support/recorded-cases";

/** What is new in each key and certificate: each must have the form of the recorded one. */
const VARYING = {
  certPem: /^-----BEGIN CERTIFICATE-----\n([\w+/=]{1,64}\n){6,7}-----END CERTIFICATE-----\n$/,
  id: /^([0-9a-f]{40}|\d{36,39})$/,
  privateKeyOpenssh: /^-----BEGIN OPENSSH PRIVATE KEY-----\n([\w+/=]{1,70}\n)+-----END OPENSSH PRIVATE KEY-----\n$/,
  privateKeyPem: /^-----BEGIN (EC )?PRIVATE KEY-----\n([\w+/=]{1,64}\n)+-----END (EC )?PRIVATE KEY-----\n$/,
  privateKeyPemPkcs8: /^-----BEGIN PRIVATE KEY-----\n([\w+/=]{1,64}\n)+-----END PRIVATE KEY-----\n$/,
  publicKeyFingerprintMd5: /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/,
  publicKeyFingerprintSha256: /^SHA256:[\w+/]{43}$/,
  publicKeyOpenssh: /^(ssh-ed25519|ecdsa-sha2-nistp256) [\w+/]+=*\n$/,
  publicKeyPem: /^-----BEGIN PUBLIC KEY-----\n([\w+/=]{1,64}\n)+-----END PUBLIC KEY-----\n$/,
  validityEndTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/,
  validityStartTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/,
};

const KEY = "urn:pulumi:dev::conformance::tls:index/privateKey:PrivateKey::k";
const CERT = "urn:pulumi:dev::conformance::tls:index/selfSignedCert:SelfSignedCert::c";
const REQUEST = "urn:pulumi:dev::conformance::tls:index/certRequest:CertRequest::r";
const SIGNED = "urn:pulumi:dev::conformance::tls:index/locallySignedCert:LocallySignedCert::s";
const HOUR = 3_600_000;

/** The text of a value, out of its secret marking where it has one. */
function text(value: Json | undefined): string {
  const inner = typeof value === "object" && value !== null && !Array.isArray(value) ? value.value : value;
  return typeof inner === "string" ? inner : "";
}

describe("the stand-in for the tls plugin", () => {
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await PluginClient.start("tls");
  });
  afterAll(() => plugin.stop());

  const create = async (urn: string, inputs: Properties): Promise<Properties> => {
    const made = await plugin.create(urn, inputs);
    if (isError(made)) throw new Error(made.error.details);
    return made.properties;
  };

  it.each(recordedCases("tls").cases)("answers as recorded: $name", async (recorded) => {
    expect(mask(await ask(plugin, recorded), VARYING)).toEqual(mask(recorded.answer, VARYING));
  });

  it.each<Properties>([
    { algorithm: "ED25519" },
    { algorithm: "ECDSA", ecdsaCurve: "P384" },
    { algorithm: "RSA", rsaBits: 2048 },
  ])("makes one $algorithm key in all its forms", async (inputs) => {
    const key = await create(KEY, inputs);
    const pkcs8 = createPrivateKey(text(key.privateKeyPemPkcs8));
    expect(createPrivateKey(text(key.privateKeyPem)).equals(pkcs8)).toBe(true);
    expect(createPublicKey(pkcs8).equals(createPublicKey(text(key.publicKeyPem)))).toBe(true);
    const ssh = utils.parseKey(text(key.privateKeyOpenssh));
    if (ssh instanceof Error) throw ssh;
    expect(ssh.getPublicSSH().toString("base64")).toBe(text(key.publicKeyOpenssh).trim().split(" ")[1]);
  });

  it.each<Properties>([{ algorithm: "ED25519" }, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { algorithm: "RSA" }])(
    "signs a certificate with a key of $algorithm that proves itself",
    async (algorithm) => {
      const key = await create(KEY, algorithm);
      const made = await create(CERT, {
        privateKeyPem: text(key.privateKeyPem),
        allowedUses: ["server_auth", "digital_signature"],
        validityPeriodHours: 48,
        subject: { commonName: "weblog.test", organization: "Homeport" },
        dnsNames: ["weblog.test"],
        ipAddresses: ["192.168.77.10"],
      });
      const certificate = new X509Certificate(text(made.certPem));
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(text(key.privateKeyPem)))).toBe(true);
      expect(certificate.checkHost("weblog.test")).toBe("weblog.test");
      expect(certificate.checkIP("192.168.77.10")).toBe("192.168.77.10");
      expect(certificate.subject).toBe("O=Homeport\nCN=weblog.test");
      expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(48 * HOUR);
      expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(made.id);
      expect(made.keyAlgorithm).toBe(algorithm.algorithm);
    },
  );

  it("makes the very request that the real plugin made of the same key", async () => {
    const recorded = recordedCases("tls").cases.find(({ name }) => name === "request: create");
    const answer = JSON.stringify(recorded?.answer);
    const made = await create(REQUEST, recorded?.inputs ?? {});
    expect(answer).toContain(JSON.stringify(made.certRequestPem));
    expect(answer).toContain(JSON.stringify(made.id));
  });

  describe("an authority of one's own", () => {
    const uses = { validityPeriodHours: 48, allowedUses: ["server_auth", "client_auth"] };

    async function newKey(): Promise<string> {
      const made = await create(KEY, { algorithm: "ECDSA", ecdsaCurve: "P256" });
      return text(made.privateKeyPem);
    }

    async function newAuthority(): Promise<{ caPrivateKeyPem: string; caCertPem: string }> {
      const caPrivateKeyPem = await newKey();
      const made = await create(CERT, {
        privateKeyPem: caPrivateKeyPem,
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: 480,
        subject: { commonName: "inside", organization: "Homeport" },
      });
      return { caPrivateKeyPem, caCertPem: text(made.certPem) };
    }

    it("signs what is asked for, with its own key and name", async () => {
      const authority = await newAuthority();
      const privateKeyPem = await newKey();
      const request = await create(REQUEST, {
        privateKeyPem,
        subject: { commonName: "pi" },
        dnsNames: ["pi.internal"],
        ipAddresses: ["10.77.0.2"],
      });
      const made = await create(SIGNED, {
        ...authority,
        ...uses,
        certRequestPem: text(request.certRequestPem),
        earlyRenewalHours: 1,
      });
      const ca = new X509Certificate(authority.caCertPem);
      const certificate = new X509Certificate(text(made.certPem));
      expect(ca.ca).toBe(true);
      expect(certificate.ca).toBe(false);
      expect(certificate.checkIssued(ca)).toBe(true);
      expect(certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
      expect([certificate.subject, certificate.issuer]).toEqual(["CN=pi", "O=Homeport\nCN=inside"]);
      expect(certificate.checkHost("pi.internal")).toBe("pi.internal");
      expect(certificate.checkIP("10.77.0.2")).toBe("10.77.0.2");
      expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
      expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(48 * HOUR);
      expect(made).toMatchObject({
        ...uses,
        caKeyAlgorithm: "ECDSA",
        earlyRenewalHours: 1,
        isCaCertificate: false,
        readyForRenewal: false,
        setSubjectKeyId: false,
        id: BigInt(`0x${certificate.serialNumber}`).toString(),
      });
    });

    it("makes another when it comes near its end, when a use changes, and when the authority does", async () => {
      const [authority, other] = [await newAuthority(), await newAuthority()];
      const request = await create(REQUEST, { privateKeyPem: await newKey(), dnsNames: ["a"] });
      const inputs = { ...authority, ...uses, certRequestPem: text(request.certRequestPem) };
      const state = await create(SIGNED, inputs);
      const diff = (change: Properties) => plugin.diff(SIGNED, "id", state, inputs, { ...inputs, ...change });
      expect(await diff({})).toMatchObject({ changes: "none" });
      expect(await diff({ earlyRenewalHours: 49 })).toMatchObject({ replaces: ["readyForRenewal"] });
      expect(await diff({ allowedUses: ["server_auth"] })).toMatchObject({ replaces: ["allowedUses"] });
      expect(await diff(other)).toMatchObject({ replaces: ["caCertPem", "caPrivateKeyPem"] });
    });

    it("knows nothing of it at preview but what is given", async () => {
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      const inputs = { ...uses, caCertPem: unknown, caPrivateKeyPem: unknown, certRequestPem: unknown };
      const planned = await plugin.create(SIGNED, inputs, true);
      expect(planned).toMatchObject({ id: "", properties: { ...uses, certPem: unknown, caCertPem: unknown } });
    });

    it("says what it cannot read", async () => {
      const authority = await newAuthority();
      const inputs = { ...authority, ...uses, certRequestPem: authority.caCertPem };
      expect(await plugin.create(SIGNED, inputs)).toMatchObject({
        error: {
          details:
            'Failed to parse certificate request PEM: invalid PEM type - expected "CERTIFICATE REQUEST", got "CERTIFICATE"',
        },
      });
    });
  });

  it("replaces a key when its algorithm changes", async () => {
    const state = await create(KEY, { algorithm: "ED25519" });
    const diff = await plugin.diff(KEY, "id", state, { algorithm: "ED25519" }, { algorithm: "RSA" });
    expect(diff).toMatchObject({ changes: "some", replaces: ["algorithm"], diffs: ["algorithm"] });
  });

  it("replaces a certificate only when it is within its early renewal", async () => {
    const key = await create(KEY, { algorithm: "ED25519" });
    const inputs = { privateKeyPem: text(key.privateKeyPem), allowedUses: ["server_auth"], validityPeriodHours: 24 };
    const state = await create(CERT, { ...inputs, earlyRenewalHours: 1 });
    const diff = (earlyRenewalHours: number) => plugin.diff(CERT, "id", state, {}, { ...inputs, earlyRenewalHours });
    expect(await diff(1)).toMatchObject({ changes: "none" });
    expect(await diff(2)).toMatchObject({ changes: "some", replaces: [], diffs: ["earlyRenewalHours"] });
    expect(await diff(25)).toMatchObject({ changes: "some", replaces: ["readyForRenewal"] });
  });
});
