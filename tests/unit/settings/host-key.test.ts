import { hostKeyOf } from "../../../settings/host-key";
import { HOST_KEYS } from "../../support/fixtures";

test.each([
  ["as it is", HOST_KEYS.pi],
  ["a line of ssh-keyscan", `192.168.1.101 ${HOST_KEYS.pi}`],
  [
    "a line of ssh-keyscan behind its remark",
    `# 192.168.1.101:22 SSH-2.0-OpenSSH_9.2p1\n192.168.1.101 ${HOST_KEYS.pi}\n`,
  ],
  ["of another port", `[192.168.1.101]:2222 ${HOST_KEYS.pi}`],
  ["a file of /etc/ssh", `${HOST_KEYS.pi} root@raspberrypi\n`],
  ["with blanks and Windows' line end", `  ${HOST_KEYS.pi.replace(" ", "\t")} \r\n`],
])("a host key is taken %s", (_, text) => {
  expect(hostKeyOf(text)).toEqual({ key: HOST_KEYS.pi });
});

test.each([
  ["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ==", /type ssh-rsa, which cannot be used: .* ed25519/],
  [`sk-ssh-ed25519@openssh.com AAAA`, /cannot be used/],
  [HOST_KEYS.pi.slice(0, -6), /cut off/],
  [HOST_KEYS.pi.replace("ed25519", "rsa"), /cannot be used/],
  [HOST_KEYS.pi.replace("ssh-ed25519", "ecdsa-sha2-nistp256"), /cut off or has a wrong letter/],
  [`${HOST_KEYS.pi}\n${HOST_KEYS.vps}\n`, /more than one line/],
  ["SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", /not a host key/],
  ["ssh-ed25519 AAAA...", /cut off or has a wrong letter/],
  ["", /not a host key/],
])("%j is refused", (text, fault) => {
  expect(hostKeyOf(text).fault).toMatch(fault);
});
