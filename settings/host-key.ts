/** Types of host keys that OpenSSH and Pulumi's plugin both take. */
const TYPES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

const INSTEAD = "give the machine's key of another type: ssh-keyscan -t ed25519 ADDRESS";

/** A host key as `TYPE KEY`, or what is wrong with it. */
export type HostKeyRead =
  { readonly key: string; readonly fault?: never } | { readonly key?: never; readonly fault: string };

/**
 * Reads a host's public key from a line of ssh-keyscan, of known_hosts or of /etc/ssh/ssh_host_*_key.pub: the host before it and the comment behind it are left out.
 * With ssh-rsa Pulumi's plugin offers its oldest signature alone, which OpenSSH has refused since 8.8.
 */
export function hostKeyOf(text: string): HostKeyRead {
  if (text.includes("PRIVATE KEY"))
    return { fault: "is a private key, which belongs in no settings: give the machine's public one" };
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  if (lines.length > 1) return { fault: "is more than one line: give one key, that of type ssh-ed25519" };
  const words = (lines[0] ?? "").trim().split(/\s+/);
  const at = words.findIndex((word) => /^(ssh-|ecdsa-|sk-)/.test(word));
  const [type = "", key = ""] = at < 0 || at > 1 ? [] : words.slice(at);
  if (type === "ssh-rsa" || type === "ssh-dss" || type.startsWith("sk-"))
    return { fault: `is of type ${type}, which cannot be used: ${INSTEAD}` };
  if (!TYPES.includes(type) || key === "")
    return { fault: "is not a host key such as 'ssh-ed25519 AAAA...': ssh-keyscan -t ed25519 ADDRESS shows it" };
  return isWhole(type, key)
    ? { key: `${type} ${key}` }
    : { fault: "is cut off or has a wrong letter: copy the whole line again (ssh-keyscan -t ed25519 ADDRESS)" };
}

// RFC 4253, section 6.6: fields, each behind its length; the first is the type.
function isWhole(type: string, key: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return false;
  const bytes = Buffer.from(key, "base64");
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === bytes.length && fields[0]?.toString() === type && fields.length === (type === "ssh-ed25519" ? 2 : 3);
}
