import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";

import type { Extension, JsonGeneralNames, KeyUsageFlags } from "@peculiar/x509" with { "resolution-mode": "import" };

/** Names of `allowedUses` that are bits of the key usage extension (RFC 5280, 4.2.1.3). */
const KEY_USES: Readonly<Record<string, number>> = {
  digital_signature: 1,
  content_commitment: 2,
  key_encipherment: 4,
  data_encipherment: 8,
  key_agreement: 16,
  cert_signing: 32,
  crl_signing: 64,
  encipher_only: 128,
  decipher_only: 256,
};

/** Names of `allowedUses` that stand in the extended key usage extension, with their numbers (RFC 5280, 4.2.1.12). */
const EXTENDED_USES: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
};

/** The certificate library, loaded when it is needed: a preview makes no certificate. */
async function loadX509() {
  // Its dependency injection needs this first.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

/** What stands in a certificate. */
export interface CertificateRequest {
  readonly privateKeyPem: string;
  /** Attribute and value of each part of the name, in order, as CN and "default". */
  readonly subject: readonly (readonly [attribute: string, value: string])[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly allowedUses: readonly string[];
  /** Hex, without sign. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  readonly maxPathLength: number | undefined;
  readonly setSubjectKeyId: boolean;
  readonly setAuthorityKeyId: boolean;
}

/** Reads a private key; its error is the real plugin's. */
export function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(
      `Failed to parse private key PEM: failed to decode PEM block: decoded bytes 0, undecoded ${Buffer.byteLength(pem)}`,
    );
  }
}

/** The algorithm of a key as the tls package names it. */
export function algorithmOf(key: KeyObject): "RSA" | "ECDSA" | "ED25519" {
  const names = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" } as const;
  const type = key.asymmetricKeyType;
  if (type === "rsa" || type === "ec" || type === "ed25519") return names[type];
  throw new Error(`Unsupported private key type ${type ?? "unknown"}: expected RSA, ECDSA or ED25519`);
}

/** Makes the certificate, as PEM, with extensions in the order in which the real plugin writes them. */
export async function selfSign(request: CertificateRequest): Promise<string> {
  const x509 = await loadX509();
  const keys = await webKeys(readPrivateKey(request.privateKeyPem));
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: request.serialNumber,
    name: request.subject.map(([attribute, value]) => ({ [attribute]: [value] })),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    keys,
    signingAlgorithm: { hash: "SHA-256" },
    extensions: await extensions(x509, request, keys.publicKey),
  });
  const der = Buffer.from(certificate.rawData).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
}

async function extensions(
  x509: Awaited<ReturnType<typeof loadX509>>,
  request: CertificateRequest,
  publicKey: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const list: Extension[] = [];
  const flags: unknown = request.allowedUses.reduce((sum, use) => sum | (KEY_USES[use] ?? 0), 0);
  if (flags !== 0) list.push(new x509.KeyUsagesExtension(flags as KeyUsageFlags, true));
  const extended = request.allowedUses.flatMap((use) => EXTENDED_USES[use] ?? []);
  if (extended.length > 0) list.push(new x509.ExtendedKeyUsageExtension(extended));
  list.push(new x509.BasicConstraintsExtension(request.isCa, request.maxPathLength, true));
  if (request.setSubjectKeyId) {
    list.push(await x509.SubjectKeyIdentifierExtension.create(publicKey));
  }
  if (request.setAuthorityKeyId) {
    list.push(await x509.AuthorityKeyIdentifierExtension.create(publicKey));
  }
  const names: JsonGeneralNames = [
    ...request.dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...request.ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ...request.uris.map((value) => ({ type: "url" as const, value })),
  ];
  if (names.length > 0) list.push(new x509.SubjectAlternativeNameExtension(names));
  return list;
}

/** The same key for the Web Crypto interface, which the certificate library works with. */
async function webKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = webAlgorithm(key);
  const privateDer = key.export({ type: "pkcs8", format: "der" });
  const publicDer = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", Uint8Array.from(privateDer), algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", Uint8Array.from(publicDer), algorithm, true, ["verify"]),
  };
}

function webAlgorithm(key: KeyObject): { name: string; hash?: string; namedCurve?: string } {
  const algorithm = algorithmOf(key);
  if (algorithm === "ED25519") return { name: "Ed25519" };
  if (algorithm === "RSA") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const curves: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
  const namedCurve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (namedCurve !== undefined) return { name: "ECDSA", namedCurve };
  throw new Error(
    "The lab's stand-in for the tls plugin signs with P256, P384 and P521: set ecdsaCurve to one of them",
  );
}
