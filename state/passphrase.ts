import { createDecipheriv, pbkdf2 } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

/** Rounds of the key's derivation, and what every salt encrypts (pulumi, pkg/secrets/passphrase/manager.go and sdk/go/common/resource/config/crypt.go). */
const ROUNDS = 1_000_000;
const PROOF = "pulumi";

/** Whether a passphrase opens an `encryptionsalt`, `v1:SALT:v1:NONCE:PROOF`. */
export async function opens(encryptionSalt: string, passphrase: string): Promise<boolean> {
  const [, salt = "", , nonce = "", proof = ""] = encryptionSalt.split(":");
  const key = await promisify(pbkdf2)(passphrase, Buffer.from(salt, "base64"), ROUNDS, 32, "sha256");
  const sealed = Buffer.from(proof, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString() === PROOF;
  } catch {
    return false;
  }
}

/** The passphrase that the environment gives, and where it says so. */
export interface GivenPassphrase {
  readonly text: string;
  readonly from: string;
}

/** Reads it as Pulumi does: the variable goes before the file. */
export function givenPassphrase(environment: NodeJS.ProcessEnv): GivenPassphrase | undefined {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  if (text !== undefined) return { text, from: "PULUMI_CONFIG_PASSPHRASE" };
  if (file === undefined || !existsSync(file)) return undefined;
  return { text: readFileSync(file, "utf8").trim(), from: `PULUMI_CONFIG_PASSPHRASE_FILE (${file})` };
}

/** The salts of a stack; undefined: there is none, or it cannot be read here. */
export interface Salts {
  /** Of Pulumi.STACK.yaml. */
  readonly file: string | undefined;
  /** Of its state, which decides. */
  readonly state: string | undefined;
}

/** Which of its causes Pulumi's "incorrect passphrase" has, and what to do; undefined: the passphrase is right. */
export async function passphraseFault(
  stack: string,
  given: GivenPassphrase | undefined,
  { file, state }: Salts,
): Promise<string | undefined> {
  if (given === undefined)
    return `no passphrase for the secrets of the stack ${stack}: set PULUMI_CONFIG_PASSPHRASE to the one that it was made with, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it`;
  const settings = `Pulumi.${stack}.yaml`;
  const [opensFile, opensState] = await Promise.all(
    [file, state].map(async (salt) => (salt === undefined ? undefined : opens(salt, given.text))),
  );
  if (opensState === true && file !== state)
    return `${settings} has ${file === undefined ? "no encryptionsalt" : "the encryptionsalt of another stack"}: write the state's own there, 'encryptionsalt: ${state ?? ""}'`;
  if (opensFile === true && opensState === false)
    return (
      `the passphrase in ${given.from} is that of ${settings}, and the state of ${stack} was encrypted with another: it is a stack of before under the same name. ` +
      "Set the passphrase of that time; only if nothing of it exists any more, 'pulumi stack rm --force' and 'pulumi stack init' make a new one"
    );
  if (opensFile === true || opensState === true) return undefined;
  const what = given.text === "" ? "is empty" : "is that of another stack";
  return `the passphrase in ${given.from} ${what}: set the one that the stack ${stack} was made with`;
}
