import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import { generatedPassword } from "../../lib/generated-password";

// DER of a PKCS#8 X25519 private key up to the 32 bytes of the key itself (RFC 8410, section 7).
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Bytes of an X25519 key (RFC 7748) and of a WireGuard preshared key. */
const KEY_BYTES = 32;

/** Letters and digits of a key's seed: 64 have 381 bits, more than the key. */
const SEED_LENGTH = 64;

/** The WireGuard key pair of one machine. */
export class TunnelKeys extends pulumi.ComponentResource {
  /** Base64, secret. */
  public readonly privateKey: pulumi.Output<string>;
  /** Base64, public. */
  public readonly publicKey: pulumi.Output<string>;

  /** Any other `rotation` makes another pair; undefined: it never changes. */
  public constructor(name: string, rotation: string | undefined, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:TunnelKeys", name, {}, opts);
    // @pulumi/tls has no X25519 keys; any 32 random bytes are one.
    this.privateKey = randomKey(name, rotation, this);
    this.publicKey = pulumi.unsecret(this.privateKey.apply(x25519PublicKey));
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/** The public key of a private key in base64, as `wg pubkey` computes it. */
export function x25519PublicKey(privateKey: string): string {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_X25519, Buffer.from(privateKey, "base64")]),
    format: "der",
    type: "pkcs8",
  });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-KEY_BYTES).toString("base64");
}

/** The preshared key of two peers (wg(8), PresharedKey). */
export class SharedKey extends pulumi.ComponentResource {
  /** Base64, secret. */
  public readonly key: pulumi.Output<string>;

  /** Any other `rotation` makes another key; undefined: it never changes. */
  public constructor(name: string, rotation: string | undefined, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:SharedKey", name, {}, opts);
    this.key = randomKey(name, rotation, this);
    this.registerOutputs();
  }
}

// Not RandomBytes: its id is its value, and ids cannot be secret: they are plain text in the state and the CLI's output. A RandomPassword's id is "none".
function randomKey(name: string, rotation: string | undefined, parent: pulumi.Resource): pulumi.Output<string> {
  const seed = generatedPassword(`${name}-key`, SEED_LENGTH, rotation, parent).result;
  return pulumi.secret(seed.apply((text) => createHash("sha256").update(text).digest("base64")));
}
