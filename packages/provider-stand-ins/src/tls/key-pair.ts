import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";

import { utils } from "ssh2";

/** Sizes of ECDSA curves by the names this package gives them; P224 has no ssh form. */
const CURVE_BITS: Readonly<Record<string, 256 | 384 | 521>> = { P256: 256, P384: 384, P521: 521 };

/** A private key in every form that `tls.PrivateKey` shows. */
export interface KeyForms {
  readonly privateKeyPem: string;
  readonly privateKeyPemPkcs8: string;
  /** Empty where OpenSSH does not know the curve. */
  readonly privateKeyOpenssh: string;
  readonly publicKeyPem: string;
  readonly publicKeyOpenssh: string;
  readonly publicKeyFingerprintMd5: string;
  readonly publicKeyFingerprintSha256: string;
  /** SHA-1 of the public key's DER form, in hex: the real plugin's id. */
  readonly id: string;
}

/** Makes a new key. `algorithm` is RSA, ECDSA or ED25519; the other two count for RSA and ECDSA only. */
export function newKeyPair(algorithm: string, ecdsaCurve: string, rsaBits: number): KeyForms {
  if (algorithm === "ECDSA" && CURVE_BITS[ecdsaCurve] === undefined) {
    return forms(generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey, undefined);
  }
  const ssh = newSshKey(algorithm, ecdsaCurve, rsaBits);
  const parsed = utils.parseKey(ssh.private);
  if (parsed instanceof Error) throw parsed;
  return forms(createPrivateKey(parsed.getPrivatePEM()), ssh);
}

function newSshKey(algorithm: string, ecdsaCurve: string, rsaBits: number): { private: string; public: string } {
  if (algorithm === "RSA") return utils.generateKeyPairSync("rsa", { bits: rsaBits, comment: "" });
  const bits = CURVE_BITS[ecdsaCurve];
  if (algorithm === "ECDSA" && bits !== undefined) return utils.generateKeyPairSync("ecdsa", { bits, comment: "" });
  return utils.generateKeyPairSync("ed25519", { comment: "" });
}

function forms(key: KeyObject, ssh: { private: string; public: string } | undefined): KeyForms {
  const publicKey = createPublicKey(key);
  const der = publicKey.export({ type: "spki", format: "der" });
  const pkcs8 = key.export({ type: "pkcs8", format: "pem" }).toString();
  const traditional = { rsa: "pkcs1", ec: "sec1" } as const;
  const type = key.asymmetricKeyType;
  const wire = Buffer.from(ssh?.public.split(" ")[1] ?? "", "base64");
  const sha256 = createHash("sha256").update(Uint8Array.from(wire)).digest("base64").replace(/=+$/, "");
  const md5 = createHash("md5").update(Uint8Array.from(wire)).digest("hex").match(/../g) ?? [];
  return {
    privateKeyPem:
      type === "rsa" || type === "ec" ? key.export({ type: traditional[type], format: "pem" }).toString() : pkcs8,
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: ssh === undefined ? "" : withNewline(ssh.private),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    publicKeyOpenssh: ssh === undefined ? "" : withNewline(ssh.public.trim()),
    publicKeyFingerprintMd5: ssh === undefined ? "" : md5.join(":"),
    publicKeyFingerprintSha256: ssh === undefined ? "" : `SHA256:${sha256}`,
    id: createHash("sha1").update(Uint8Array.from(der)).digest("hex"),
  };
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
