import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";

import type { Extension, JsonGeneralNames, KeyUsageFlags, Name } from "@peculiar/x509" with {
  "resolution-mode": "import",
};

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

/** The number of the extension that holds the names beside the subject (RFC 5280, 4.2.1.6). */
const SUBJECT_NAMES = "2.5.29.17";

/** The certificate library, loaded when it is needed: a preview makes no certificate. */
async function loadX509() {
  // Its dependency injection needs this first.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

/** Whom a certificate is for. */
export interface Holder {
  /** Attribute and value of each part of the name, in order, as CN and "default". */
  readonly subject: readonly (readonly [attribute: string, value: string])[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
}

/** What an authority says of a certificate, whoever it is for. */
export interface Terms {
  readonly allowedUses: readonly string[];
  /** Hex, without sign. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  readonly maxPathLength: number | undefined;
  /** An authority's certificate has a subject key identifier in any case. */
  readonly setSubjectKeyId: boolean;
}

/** Reads a private key; its error is the real plugin's. `whose` (default: nobody's) stands in it, as "CA ". */
export function readPrivateKey(pem: string, whose: "" | "CA " = ""): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(
      `Failed to parse ${whose}private key PEM: failed to decode PEM block: decoded bytes 0, undecoded ${Buffer.byteLength(pem)}`,
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

/** Makes a certificate whose holder is its own authority, as PEM. */
export async function selfSign(
  privateKeyPem: string,
  holder: Holder,
  terms: Terms & { readonly setAuthorityKeyId: boolean },
): Promise<string> {
  const x509 = await loadX509();
  const keys = await webKeys(readPrivateKey(privateKeyPem));
  const name = new x509.Name(jsonName(holder));
  const authority = terms.setAuthorityKeyId
    ? await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)
    : undefined;
  const names = subjectNames(x509, holder);
  return issue(x509, keys.privateKey, name, {
    subject: name,
    publicKey: keys.publicKey,
    terms,
    authority,
    names,
  });
}

/** Asks for a certificate, as PEM and as the bytes in it. */
export async function requestCertificate(
  privateKeyPem: string,
  holder: Holder,
): Promise<{ pem: string; der: Uint8Array }> {
  const x509 = await loadX509();
  const keys = await webKeys(readPrivateKey(privateKeyPem));
  const names = subjectNames(x509, holder);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: jsonName(holder),
    keys,
    signingAlgorithm: { hash: "SHA-256" },
    extensions: names === undefined ? [] : [names],
  });
  return { pem: pemOf("CERTIFICATE REQUEST", request.rawData), der: new Uint8Array(request.rawData) };
}

/** Makes the certificate that a request asks for, signed by an authority, as PEM. Errors are the real plugin's. */
export async function signRequest(
  requestPem: string,
  authority: { readonly certificatePem: string; readonly privateKeyPem: string },
  terms: Terms,
): Promise<string> {
  const x509 = await loadX509();
  const request = parsed("certificate request", requestPem, () => new x509.Pkcs10CertificateRequest(requestPem));
  const keys = await webKeys(readPrivateKey(authority.privateKeyPem, "CA "));
  const { certificatePem } = authority;
  const certificate = parsed("CA certificate", certificatePem, () => new x509.X509Certificate(certificatePem));
  const keyId = certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  return issue(x509, keys.privateKey, certificate.subjectName, {
    subject: request.subjectName,
    publicKey: await webPublicKey(
      createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" }),
    ),
    terms,
    authority: keyId === undefined ? undefined : new x509.AuthorityKeyIdentifierExtension(keyId),
    names: request.getExtension(SUBJECT_NAMES) ?? undefined,
  });
}

type X509 = Awaited<ReturnType<typeof loadX509>>;

/** What is signed, but for the authority's own name. */
interface Content {
  readonly subject: Name;
  readonly publicKey: webcrypto.CryptoKey;
  readonly terms: Terms;
  /** Which of the authority's keys signs it. */
  readonly authority: Extension | undefined;
  /** The names beside the subject. */
  readonly names: Extension | undefined;
}

async function issue(x509: X509, signingKey: webcrypto.CryptoKey, issuer: Name, content: Content): Promise<string> {
  const { subject, publicKey, terms } = content;
  if (terms.isCa && subject.toString() === "") {
    throw new Error(
      "Invalid Certificate Subject: Must contain at least one Distinguished Name when creating Certificate Authority (CA)",
    );
  }
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: terms.serialNumber,
    subject,
    issuer,
    notBefore: terms.notBefore,
    notAfter: terms.notAfter,
    publicKey,
    signingKey,
    signingAlgorithm: { hash: "SHA-256" },
    extensions: await extensions(x509, content),
  });
  return pemOf("CERTIFICATE", certificate.rawData);
}

/** The extensions in the order in which the real plugin writes them. */
async function extensions(x509: X509, { terms, publicKey, authority, names }: Content): Promise<Extension[]> {
  const list: Extension[] = [];
  const flags: unknown = terms.allowedUses.reduce((sum, use) => sum | (KEY_USES[use] ?? 0), 0);
  if (flags !== 0) list.push(new x509.KeyUsagesExtension(flags as KeyUsageFlags, true));
  const extended = terms.allowedUses.flatMap((use) => EXTENDED_USES[use] ?? []);
  if (extended.length > 0) list.push(new x509.ExtendedKeyUsageExtension(extended));
  list.push(new x509.BasicConstraintsExtension(terms.isCa, terms.maxPathLength, true));
  if (terms.setSubjectKeyId || terms.isCa) list.push(await x509.SubjectKeyIdentifierExtension.create(publicKey));
  if (authority !== undefined) list.push(authority);
  if (names !== undefined) list.push(names);
  return list;
}

function jsonName(holder: Holder): Record<string, string[]>[] {
  return holder.subject.map(([attribute, value]) => ({ [attribute]: [value] }));
}

function subjectNames(x509: X509, holder: Holder): Extension | undefined {
  const names: JsonGeneralNames = [
    ...holder.dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...holder.ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ...holder.uris.map((value) => ({ type: "url" as const, value })),
  ];
  return names.length > 0 ? new x509.SubjectAlternativeNameExtension(names) : undefined;
}

/** Reads a PEM of one kind; the errors name what it was to be. */
function parsed<T>(what: "certificate request" | "CA certificate", pem: string, read: () => T): T {
  const type = what === "certificate request" ? "CERTIFICATE REQUEST" : "CERTIFICATE";
  const found = /-----BEGIN ([A-Z ]+)-----/.exec(pem)?.[1];
  if (found === undefined) {
    throw new Error(`Failed to parse ${what} PEM: failed to decode PEM of expected type "${type}" from bytes`);
  }
  if (found !== type) {
    throw new Error(`Failed to parse ${what} PEM: invalid PEM type - expected "${type}", got "${found}"`);
  }
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Failed to parse ${what} PEM: failed to parse ${type.toLowerCase()}: ${reason}`);
  }
}

function pemOf(type: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g);
  return `-----BEGIN ${type}-----\n${(lines ?? []).join("\n")}\n-----END ${type}-----\n`;
}

/** The same key for the Web Crypto interface, which the certificate library works with. */
async function webKeys(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const der = Uint8Array.from(key.export({ type: "pkcs8", format: "der" }));
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", der, webAlgorithm(key), true, ["sign"]),
    publicKey: await webPublicKey(createPublicKey(key)),
  };
}

async function webPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = Uint8Array.from(key.export({ type: "spki", format: "der" }));
  return webcrypto.subtle.importKey("spki", der, webAlgorithm(key), true, ["verify"]);
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
