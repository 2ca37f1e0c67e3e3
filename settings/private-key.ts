/** A file as its bytes and its permissions. */
export interface UserFile {
  readonly text: string;
  /** Octal, as in `chmod`; undefined where it belongs to another user, whose permissions OpenSSH does not mind. */
  readonly mode: number | undefined;
}

const WITHOUT = "add it to your ssh agent (ssh-add FILE) and remove this setting: the agent is then asked";

/**
 * What keeps OpenSSH, which previews, or Pulumi's plugin, which deploys, from logging in with a private key; undefined: nothing. Neither can ask for a passphrase,
 * and OpenSSH takes none but its own line ends and permissions (sshkey.c, authfile.c).
 */
export function privateKeyFault({ text, mode }: UserFile): string | undefined {
  const kind = /^-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----/m.exec(text)?.[1];
  if (/^PuTTY-User-Key-File-/.test(text))
    return "is a key of PuTTY, which ssh cannot read: convert it with 'puttygen FILE -O private-openssh -o NEW', and name the new file";
  if (kind === undefined && /^(ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC)/.test(text))
    return "is the public half of a key: name the file with the private half, mostly the same without .pub";
  if (kind === undefined) return "is not a private ssh key";
  if (text.includes("\r"))
    return "has Windows line ends, which ssh cannot read: take them out (sed -i 's/\\r$//' FILE)";
  if (!text.endsWith("\n")) return "does not end with a line end, which ssh needs: add one (echo >>FILE)";
  if (mode !== undefined && (mode & 0o077) !== 0)
    return `can be read by others (mode ${mode.toString(8)}), so ssh refuses it: run 'chmod 600 FILE'`;
  if (kind === "ENCRYPTED " || /^Proc-Type: 4,ENCRYPTED/m.test(text)) return `has a passphrase: ${WITHOUT}`;
  if (kind !== "OPENSSH ")
    return kind === "DSA " ? "is of type DSA, which ssh refuses: make another (ssh-keygen)" : undefined;
  const { cipher, type } = opensshKey(text);
  if (cipher === undefined) return "is cut off: copy the file again";
  if (cipher !== "none") return `has a passphrase: ${WITHOUT}`;
  if (type.startsWith("sk-")) return `is a key of a security token: ${WITHOUT}`;
  return type === "ssh-dss" ? "is of type DSA, which ssh refuses: make another (ssh-keygen)" : undefined;
}

const MAGIC = "openssh-key-v1\0";

/** The cipher and the type of a key (openssh, PROTOCOL.key); no cipher: it is not whole. */
function opensshKey(text: string): { readonly cipher?: string; readonly type: string } {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END OPENSSH PRIVATE KEY-----/.exec(text)?.[1] ?? "";
  const bytes = Buffer.from(body, "base64");
  const none = { type: "" };
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC) return none;
  let at = MAGIC.length;
  const field = (): Buffer => {
    if (at + 4 > bytes.length) return Buffer.alloc(0);
    const length = bytes.readUInt32BE(at);
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const cipher = field().toString();
  // Of the derivation: its name and its options; then how many keys.
  field();
  field();
  at += 4;
  const type = fieldOf(field());
  field();
  return at === bytes.length ? { cipher, type } : none;
}

function fieldOf(blob: Buffer): string {
  return blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
}
