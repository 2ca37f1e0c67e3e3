import { parseHostKey, preferred } from "../../../setup/host-key";

const ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIAmVsAz4vorb9xBXUiTYT/mKSLdoLbAAR2XfSiN7L3wj";
const ECDSA =
  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNdV7UX5cZW4cS5o2UsI1VxLFBJgUzXWyFbF7aWzAJ5mHfkXlZPDBqkkUJMDLpOCVwBQ3oLZ4FgR6YVzFWkMRLA=";

test.each([
  ["ssh-keyscan", `198.51.100.10 ssh-ed25519 ${ED25519}`],
  ["ssh-keyscan at another port", `[198.51.100.10]:2222 ssh-ed25519 ${ED25519}`],
  ["a .pub file", `ssh-ed25519 ${ED25519} root@vps`],
  ["the settings", `  ssh-ed25519 ${ED25519}\n`],
])("a line of %s is read", (_what, line) => {
  expect(parseHostKey(line)?.line).toBe(`ssh-ed25519 ${ED25519}`);
});

test("the fingerprint is the one that ssh-keygen -l shows", () => {
  // ssh-keygen -l of the same key.
  expect(parseHostKey(`ssh-ed25519 ${ED25519}`)?.fingerprint).toBe(
    "SHA256:3DARmKhDBhE9WvmTJbv/h3oU60incQW6Jg11bFdNG+c",
  );
});

test.each(["", "# 198.51.100.10:22 SSH-2.0-OpenSSH_9.2", "ssh-ed25519", "ssh-ed25519 nothing", `ssh-dss ${ED25519}`])(
  "%j is no key",
  (line) => {
    expect(parseHostKey(line)).toBeUndefined();
  },
);

test("of several keys the preferred is first", () => {
  const scanned = `# comment ssh-ed25519 ${ED25519}\nh ecdsa-sha2-nistp256 ${ECDSA}\nh ssh-ed25519 ${ED25519}\n`;
  expect(preferred(scanned).map(({ line }) => line.split(" ")[0])).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256"]);
});
