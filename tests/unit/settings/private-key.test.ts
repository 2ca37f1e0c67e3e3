import { privateKeyFault } from "../../../settings/private-key";
import { privateKeyText } from "../../support/private-keys";

const faultOf = (text: string, mode: number | undefined = 0o600): string | undefined => privateKeyFault({ text, mode });

const PEM = (kind: string, head = ""): string =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${head}AAAA\n-----END ${kind}PRIVATE KEY-----\n`;

test.each([
  ["OpenSSH's own form", privateKeyText()],
  ["of ECDSA", privateKeyText({ type: "ecdsa-sha2-nistp256" })],
  ["of RSA", PEM("RSA ")],
  ["of PKCS #8", PEM("")],
])("a private key is taken: %s", (_, text) => {
  expect(faultOf(text)).toBeUndefined();
});

test("the permissions of a file of another user are not ssh's matter", () => {
  expect(faultOf(privateKeyText(), undefined)).toBeUndefined();
  expect(privateKeyFault({ text: privateKeyText(), mode: undefined })).toBeUndefined();
});

test.each([
  [
    "with a passphrase",
    privateKeyText({ cipher: "aes256-ctr" }),
    /^has a passphrase: add it to your ssh agent .* remove/,
  ],
  ["with a passphrase, PEM", PEM("EC ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"), /^has a passphrase/],
  ["with a passphrase, PKCS #8", PEM("ENCRYPTED "), /^has a passphrase/],
  ["of a security token", privateKeyText({ type: "sk-ssh-ed25519@openssh.com" }), /security token: .* agent/],
  ["of DSA", privateKeyText({ type: "ssh-dss" }), /type DSA/],
  ["of DSA, PEM", PEM("DSA "), /type DSA/],
  ["the public half", "ssh-ed25519 AAAA me@home\n", /^is the public half .* without \.pub/],
  ["the public half, RFC 4716", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", /^is the public half/],
  ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n", /puttygen/],
  ["Windows line ends", privateKeyText().replaceAll("\n", "\r\n"), /^has Windows line ends.*sed/],
  ["no last line end", privateKeyText().trimEnd(), /^does not end with a line end/],
  ["cut off", privateKeyText().replace(/.{20}\n-----END/, "\n-----END"), /^is cut off/],
  ["something else", "hello\n", /^is not a private ssh key/],
  ["nothing", "", /^is not a private ssh key/],
])("a file that ssh or the plugin cannot use is refused with its remedy: %s", (_, text, fault) => {
  expect(faultOf(text)).toMatch(fault);
});

test.each([0o644, 0o640, 0o777])("one that others can read (%o) is refused, as ssh does", (mode) => {
  expect(faultOf(privateKeyText(), mode)).toMatch(/^can be read by others .* 'chmod 600 FILE'$/);
});
