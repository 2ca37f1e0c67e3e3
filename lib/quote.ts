/** A word as a POSIX shell reads it back. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A command that runs a POSIX script with arguments, whatever the login shell of the user is there: one line, because csh knows no quote over several. A script
 * of a checkout with Windows' line ends is run without them.
 */
export function scriptCommand(text: string, args: readonly string[]): string {
  const encoded = Buffer.from(text.replaceAll("\r\n", "\n")).toString("base64");
  return ["exec", "sh", "-c", `eval "$(echo ${encoded} | base64 -d)"`, "homeport", ...args]
    .map((word, index) => (index < 3 ? word : quote(word)))
    .join(" ");
}
