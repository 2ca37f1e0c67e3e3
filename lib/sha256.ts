import { createHash, createHmac } from "node:crypto";

/** The SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** 64 bits that change with a secret or a text and may be public: keyed by the secret, they match no table of digests. */
export function keyedDigest(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex").slice(0, 16);
}
