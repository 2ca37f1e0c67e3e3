/** The text of a private ssh key that opens nothing, in OpenSSH's own form (openssh, PROTOCOL.key). */
export function privateKeyText({ cipher = "none", type = "ssh-ed25519" } = {}): string {
  const field = (content: Buffer | string): Buffer => {
    const bytes = Buffer.from(content);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const derivation = cipher === "none" ? "none" : "bcrypt";
  const one = Buffer.from([0, 0, 0, 1]);
  const bytes = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...[field(cipher), field(derivation), field("")],
    ...[one, field(Buffer.concat([field(type), field("x".repeat(32))])), field("no private half")],
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Of the usual kind. */
export const KEYS = { usual: privateKeyText() } as const;
