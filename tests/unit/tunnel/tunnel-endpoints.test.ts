import { script } from "../../../components/machine/scripts";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const KEPT = "/var/lib/homeport-tunnel/wg0.endpoints";

// The interface: its peers and their endpoints.
const PROGRAMS = {
  wg: `cd /run/fake
case "$*" in
  "show wg0 endpoints") cat endpoints ;;
  *) echo "unexpected: $*" >&2; exit 2 ;;
esac
`,
};

describeWhere("where the other ends of a tunnel are", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(async () => {
    await sandbox.start(PROGRAMS);
    sandbox.run(["sh", "-c", "cat >/tmp/tunnel-endpoints"], script("tunnel/tunnel-endpoints.sh"));
  });
  afterAll(async () => {
    await sandbox.stop();
  });
  beforeEach(() => {
    sandbox.sh("rm -rf /run/fake/* /var/lib/homeport-tunnel");
  });

  const peers = (all: Readonly<Record<string, string>>): void => {
    const text = Object.entries(all).map(([key, endpoint]) => `${key}\\t${endpoint}\\n`);
    sandbox.sh(`printf '${text.join("")}' >/run/fake/endpoints`);
  };
  const save = (): string => sandbox.sh(`bash /tmp/tunnel-endpoints wg0; cat ${KEPT}`);

  test("is kept where nobody else can read it", () => {
    peers({ pi: "198.51.100.20:4321", attic: "(none)" });
    expect(save()).toBe("pi 198.51.100.20:4321\n");
    expect(sandbox.sh(`stat -c %a ${KEPT} ${KEPT.replace(/\/[^/]*$/, "")}`)).toBe("600\n700\n");
  });

  test("stays known while a peer is silent, and goes with the peer", () => {
    peers({ pi: "198.51.100.20:4321", attic: "198.51.100.21:1" });
    save();
    peers({ pi: "(none)" });
    expect(save()).toBe("pi 198.51.100.20:4321\n");
  });

  test("is not written again while nothing moves", () => {
    peers({ pi: "198.51.100.20:4321" });
    save();
    const before = sandbox.sh(`stat -c %i ${KEPT}`);
    save();
    expect(sandbox.sh(`stat -c %i ${KEPT}`)).toBe(before);
    peers({ pi: "198.51.100.20:9999" });
    expect(save()).toBe("pi 198.51.100.20:9999\n");
  });
});
