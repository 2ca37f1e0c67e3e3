import { theLab } from "../../support/lab";

/** Tries connections from the application's container, and prints those that are answered by anybody. */
const TRY = `docker exec "$(docker ps --quiet --filter label=homeport.role=web)" python3 -c '
import socket, sys
for place in sys.argv[1:]:
    host, port = place.split(":")
    try: socket.create_connection((host, int(port)), 3).close()
    except OSError: continue
    print(place)
'`;

/** What somebody reaches who has taken over the application. */
export function containerTests(): void {
  it("opens neither the Pi, nor the home, nor the VPS through the tunnel, and the internet", async () => {
    const { machines, addresses } = await theLab();
    const { pi, vps } = machines;
    const first = "{ print $4; exit }' | cut -d/ -f1";
    const gateway = (await pi.run(`ip -4 -o addr show | awk '$2 ~ /^br-/ ${first}`)).trim();
    const hub = (await vps.run(`ip -4 -o addr show dev wg0 | awk '${first}`)).trim();
    const closed = [
      `${pi.address}:22`,
      `${pi.address}:8443`,
      `${gateway}:22`,
      `${hub}:22`,
      `${addresses.routerAtHome}:22`,
    ];
    const open = `${vps.address}:443`;
    expect((await pi.run(`${TRY} ${[...closed, open].join(" ")}`)).trim().split("\n")).toEqual([open]);
  });
}
