import { theLab } from "../../support/lab";
import { ALL_PORTS, openPorts } from "../../support/lab-scan";

/** What is open to the internet. */
export function portTests(): void {
  it("on the VPS: ssh and the site, of all ports", async () => {
    const { machines } = await theLab();
    const { address } = machines.vps;
    const open = await openPorts(machines.visitor, [address], "-sS", ...ALL_PORTS);
    expect(open).toEqual([`${address} 22`, `${address} 443`, `${address} 80`]);
  });

  it("at home: nothing", async () => {
    const { machines, addresses } = await theLab();
    expect(await openPorts(machines.visitor, [addresses.router], "-sS", ...ALL_PORTS)).toEqual([]);
  });
}
