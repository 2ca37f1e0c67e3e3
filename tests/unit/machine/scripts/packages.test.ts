import { failed, hostForEach } from "../../../support/fake-host";
import { Sandbox } from "../../../support/sandbox";
import { describeWhere } from "../../../support/tools";

const LISTS = "/var/lib/apt/lists/lock. It is held by process 612 (apt-get)";
const DPKG = "/var/lib/dpkg/lock-frontend. It is held by process 734 (unattended-upgr)";

/** apt-get as files: `/run/fake/locked-VERB` has a line for each try that finds a lock taken, `/run/fake/broken-VERB` what it says when it fails. */
const APT = `for verb; do case $verb in update | install) break ;; esac; done
cd /run/fake
echo "$verb" >>log
if [ -s "locked-$verb" ]; then
  echo "E: Could not get lock $(head -n 1 "locked-$verb")" >&2
  sed -i 1d "locked-$verb"
  exit 100
fi
[ ! -e "broken-$verb" ] || { cat "broken-$verb" >&2; exit 100; }
for name; do :; done
[ "$verb" = update ] || : >"installed-$name"
`;

const SPEC = { packages: ["nftables"] };

describeWhere("packages", Sandbox.missing(), () => {
  const host = hostForEach({ "apt-get": APT });
  const put = (file: string, ...lines: string[]): void => {
    host.sandbox.run(["sh", "-c", 'cat >"$1"', "sh", `/run/fake/${file}`], `${lines.join("\n")}\n`);
  };
  const tries = (): string[] => host.log().filter((line) => /^(update|install)$/.test(line));

  test("wait for another program that has the lists, and then for one that has dpkg", () => {
    put("locked-update", LISTS);
    put("locked-install", DPKG);
    const { code, stdout, stderr } = host.apply(SPEC);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const lock of [LISTS, DPKG])
      expect(stdout).toContain(`another program is changing this host's packages, waiting up to 2 s: ${lock}\n`);
    expect(tries()).toEqual(["update", "update", "install", "install"]);
  });

  test.each([
    ["locked-update", LISTS],
    ["locked-install", DPKG],
  ])("give up in the end, and say who has them: %s", (file, lock) => {
    put(file, ...Array.from({ length: 9 }, () => lock));
    expect(host.apply(SPEC)).toEqual(
      failed(
        `homeport: another program is still changing this host's packages after 2 s: wait for it, then run 'pulumi up' again. ${lock}`,
      ),
    );
  });

  test("are not tried again where something else is wrong", () => {
    put("broken-update", "E: The repository 'http://deb.debian.org/debian bookworm Release' is not signed.");
    expect(host.apply(SPEC)).toEqual(
      failed(
        "is not signed.\nhomeport: apt-get update failed: see the lines above; check the host's network and clock",
      ),
    );
    expect(tries()).toEqual(["update"]);
  });
});
