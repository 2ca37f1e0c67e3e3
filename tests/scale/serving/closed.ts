import { until } from "../../../lab/process";
import { theLab } from "../../support/lab";
import { ALL_PORTS, openPorts } from "../../support/lab-scan";
import { portFrom, tunnelAddress } from "../../support/lab-tunnel";

/** Which of the ports that Docker publishes answer whom. */
export function closedTests(): void {
  it("nothing but ssh answers on the application servers, and ssh and the site on the edge", async () => {
    const { machines } = await theLab();
    const { visitor, vps, one, two } = machines;
    const targets = [vps.address, one.address, two.address];
    const open = [`${vps.address} 22`, `${vps.address} 443`, `${vps.address} 80`];
    const ssh = [`${one.address} 22`, `${two.address} 22`];
    expect(await openPorts(visitor, targets, ...ALL_PORTS)).toEqual([...open, ...ssh].sort());
  });

  it("they stay closed after a restart of Docker", async () => {
    const { machines } = await theLab();
    const { visitor, one } = machines;
    await one.run("systemctl restart docker.service");
    expect(await openPorts(visitor, [one.address], ...ALL_PORTS)).toEqual([`${one.address} 22`]);
  });

  it("a port that another container publishes is closed too", async () => {
    const { machines } = await theLab();
    const { visitor, one } = machines;
    const image = (
      await one.run("docker ps --format '{{.Image}}' --filter label=homeport.role=web | head -n 1")
    ).trim();
    const id = (
      await one.run(`docker run -d --rm -p 9000:9000 --entrypoint python3 ${image} -m http.server 9000`)
    ).trim();
    try {
      await until("the program to listen", 20, async () => {
        const { code } = await one.attempt("exec 3<>/dev/tcp/127.0.0.1/9000");
        return code === 0 ? true : undefined;
      });
      expect(await openPorts(visitor, [one.address], "-p", "9000")).toEqual([]);
    } finally {
      await one.run(`docker rm -f ${id}`);
    }
  });

  it("a server's proxy answers only the edge, by its certificate", async () => {
    const { machines } = await theLab();
    const { vps, one, pi } = machines;
    const address = await tunnelAddress(one);
    const url = `https://${address}:8444/`;
    // Without the certificate of the internal authority, from where the port is open.
    const refused = await vps.attempt(`curl -sS --max-time 5 --insecure ${url}`);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/certificate required|alert|reset/i);
    // From a server that is not the edge no packet arrives.
    expect(await portFrom(pi, address, 8444)).toBe("silent");
  });
}
