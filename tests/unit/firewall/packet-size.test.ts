import { renderServerFirewall, TUNNEL_MARK } from "../../../components/firewall/nftables";
import { TUNNEL } from "../../support/fixtures";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const RULES = renderServerFirewall({
  ...{ tunnel: TUNNEL, address: "10.77.0.2", terminatesTls: true, place: "home", sshPort: 22, sshFrom: [] },
  ...{ sshOverTunnel: undefined, open: [], inner: [], innerPorts: [] },
});

/** The server with Docker's DNAT between a visitor, whose packets come by `wg0`, and a container behind `br-web`. The way out is the home's. */
const NETWORK = `
mkdir -p /run/netns
for end in visitor container home; do ip netns add $end; ip -n $end link set lo up; done
ip link add wg0 type veth peer name eth0 netns visitor
ip link add br-web type veth peer name eth0 netns container
ip link add eth0 type veth peer name eth0 netns home
for link in lo wg0 br-web eth0; do ip link set $link up; done
for end in visitor container home; do ip -n $end link set eth0 up; done
ip address add 10.77.0.2/24 dev wg0
ip address add 172.18.0.1/16 dev br-web
ip address add 192.168.77.10/24 dev eth0
ip -n visitor address add 10.77.0.1/24 dev eth0
ip -n visitor address add 198.51.100.9/32 dev eth0
ip -n container address add 172.18.0.2/16 dev eth0
ip -n home address add 192.168.77.1/24 dev eth0
ip -n container route add default via 172.18.0.1
ip route add default via 192.168.77.1
ip route add default via 10.77.0.1 dev wg0 table ${TUNNEL_MARK}
ip rule add fwmark ${TUNNEL_MARK} table ${TUNNEL_MARK}
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2
nft add table ip docker
nft 'add chain ip docker in { type nat hook prerouting priority dstnat; }'
nft add rule ip docker in iifname wg0 tcp dport 443 dnat to 172.18.0.2:443
`;

const SERVER = `
import socket
socket.setdefaulttimeout(5)
listening = socket.create_server(("172.18.0.2", 443))
print("listening", flush=True)
connection, _ = listening.accept()
connection.settimeout(5)
connection.recv(1)
connection.sendall(b"x" * 200000)
connection.close()
`;

// The tunnel's packet size changes while the connection is open.
const VISITOR = `
import os, socket, sys
connection = socket.create_connection(("10.77.0.2", 443), timeout=5, source_address=("198.51.100.9", 0))
print("connected", flush=True)
sys.stdin.readline()
connection.sendall(b"?")
size = 0
while data := connection.recv(65536):
    size += len(data)
print(size)
`;

describeWhere("a smaller packet size of the tunnel", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(async () => {
    await sandbox.start({});
    sandbox.sh(NETWORK);
    sandbox.run(["nft", "-f", "-"], RULES);
    for (const [name, text] of Object.entries({ server: SERVER, visitor: VISITOR }))
      sandbox.run(["sh", "-c", `cat >/tmp/${name}.py`], text);
  });
  afterAll(async () => {
    await sandbox.stop();
  });

  test("lets an open connection to a container go on", () => {
    const size = sandbox.sh(`mkfifo /tmp/listens /tmp/connected /tmp/go
ip netns exec container python3 /tmp/server.py >/tmp/listens &
read -r _ </tmp/listens
ip netns exec visitor python3 /tmp/visitor.py </tmp/go >/tmp/connected &
exec 3>/tmp/go 4</tmp/connected
read -r _ <&4
ip link set wg0 mtu 1280
echo >&3
read -r size <&4
echo "$size"`);
    expect(size).toBe("200000\n");
  });
});
