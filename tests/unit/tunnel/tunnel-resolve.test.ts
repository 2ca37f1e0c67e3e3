import { script } from "../../../components/machine/scripts";
import { renderWireGuard } from "../../../components/tunnel/wireguard";
import { FAKE_KEYS } from "../../support/fixtures";
import { Sandbox } from "../../support/sandbox";
import { describeWhere, Ended } from "../../support/tools";

const PEER = FAKE_KEYS.edgePublic;

const CONFIGURATION = renderWireGuard({
  address: "10.77.0.2/24",
  mtu: 1420,
  privateKeyFile: "/etc/wireguard/homeport/private.key",
  peers: [
    {
      publicKey: PEER,
      presharedKeyFile: "/etc/wireguard/homeport/vps.psk",
      allowedIps: ["0.0.0.0/0"],
      endpoint: "edge.example.org:51820",
    },
    // It speaks first: nobody knows where it is.
    {
      publicKey: FAKE_KEYS.serverPublic,
      presharedKeyFile: "/etc/wireguard/homeport/attic.psk",
      allowedIps: ["10.77.0.3/32"],
    },
  ],
});

// The interface: its last handshakes, and its peers' endpoints. The name resolves to the address in /run/fake/name.
const PROGRAMS = {
  wg: `cd /run/fake
case "$*" in
  "show wg0 latest-handshakes") cat handshakes ;;
  "show wg0 endpoints") cat endpoints ;;
  "set wg0 peer ${PEER} endpoint edge.example.org:51820")
    [ -s name ] || exit 1
    echo "$*" >>set
    printf '%s\\t%s\\n' '${PEER}' "$(cat name):51820" >endpoints ;;
  *) echo "unexpected: $*" >&2; exit 2 ;;
esac
`,
};

describeWhere("the other end of a tunnel, known by name,", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(async () => {
    await sandbox.start(PROGRAMS);
    sandbox.sh("mkdir -p /etc/wireguard");
    sandbox.run(["sh", "-c", "cat >/tmp/tunnel-resolve"], script("tunnel/tunnel-resolve.sh"));
    sandbox.run(["sh", "-c", "cat >/etc/wireguard/wg0.conf"], CONFIGURATION);
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  /** `ago`: seconds since the last handshake; undefined: there was none. */
  function resolve(ago: number | undefined, name: string, peer: string = PEER): Ended & { readonly set: boolean } {
    sandbox.sh(`cd /run/fake && rm -f set
printf '%s\t%s\n' '${peer}' ${ago === undefined ? "0" : `$(($(date +%s) - ${ago}))`} >handshakes
printf '%s\t%s\n' '${peer}' 198.51.100.10:51820 >endpoints
printf '%s' '${name}' >name`);
    const ended = sandbox.run(["bash", "/tmp/tunnel-resolve", "wg0"]);
    return { ...ended, set: sandbox.sh("ls /run/fake").split("\n").includes("set") };
  }

  test.each([0, 120, 134])("is left alone %s s after its last handshake", (ago) => {
    expect(resolve(ago, "198.51.100.99")).toEqual({ code: 0, stdout: "", stderr: "", set: false });
  });

  test.each([137, 3600, undefined])(
    "is looked up %s s after its last handshake, and its new address is reported",
    (ago) => {
      expect(resolve(ago, "198.51.100.99")).toEqual({
        code: 0,
        stdout: "<5>edge.example.org:51820 resolves to a new address: 198.51.100.99:51820\n",
        stderr: "",
        set: true,
      });
    },
  );

  test("is looked up silently where its address is the same", () => {
    expect(resolve(600, "198.51.100.10")).toEqual({ code: 0, stdout: "", stderr: "", set: true });
  });

  test("that nobody can look up is a failure, which the unit shows", () => {
    expect(resolve(600, "").code).toBe(1);
  });

  test("is not recreated where somebody has removed it", () => {
    expect(resolve(600, "198.51.100.99", "somebody else").set).toBe(false);
  });
});
