import { readFileSync, statSync } from "node:fs";

import { messageOf } from "../lib/errors";
import { expandHome } from "../lib/user-file";
import { privateKeyFault, UserFile } from "./private-key";
import { filePath } from "./values";

/** A file with the operator's private ssh key, which ssh and Pulumi's plugin both can read without a question. */
export const privateKeyFile = ofFile("the path of your private ssh key", privateKeyFault);

/** A PEM file with certificates of authorities. */
export const certificateFile = ofFile("the path of a PEM file with a certificate", ({ text }) => {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return "holds a private key: name a file with the certificate alone";
  return text.includes("-----BEGIN CERTIFICATE-----") ? undefined : "holds no certificate in PEM format";
});

/** A path whose file is looked at with all other settings, so that its fault is among theirs. */
function ofFile(allowed: string, fault: (file: UserFile) => string | undefined) {
  return filePath
    .superRefine((value, context) => {
      const message = faultOf(value, fault);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .describe(allowed);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "is not there: correct the path",
  EACCES: "cannot be read by you: correct its owner or permissions",
  EPERM: "cannot be read by you: correct its owner or permissions",
  EISDIR: "is a folder: name the file in it",
  ENOTDIR: "is below a file that is no folder: correct the path",
};

function faultOf(value: string, fault: (file: UserFile) => string | undefined): string | undefined {
  let file: UserFile;
  try {
    file = read(expandHome(value));
  } catch (error) {
    return readingFault(value, error);
  }
  return fault(file);
}

function readingFault(value: string, error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" && value.includes("$"))
    return "is not there: a variable is not read in it, write ~/ for the home directory";
  return REASONS[code] ?? `cannot be read: ${messageOf(error)}`;
}

function read(file: string): UserFile {
  const { uid, mode } = statSync(file);
  return { text: readFileSync(file, "utf8"), mode: uid === process.getuid?.() ? mode & 0o777 : undefined };
}
