import { until } from "../../../lab/process";
import { theLab } from "../../support/lab";
import { loggedRequests } from "../../support/lab-log";
import { webContainer } from "../../support/lab-site";
import { askWith, SPOOFS } from "../../support/lab-spoofs";

/** Whom Django takes its visitor for. */
export function visitorAddressTests(): void {
  it.each([
    ...SPOOFS,
    { what: "is not taken from a list of forwarders", headers: ["X-Forwarded-For: 192.168.1.1, 127.0.0.1"] },
  ])("$what", async ({ headers }) => {
    const lab = await theLab();
    const path = await askWith(lab, headers);
    const { Name } = await webContainer(lab.machines.pi);
    const clients = await until(`a line about ${path} in the application's log`, 20, async () => {
      const logged = await loggedRequests(lab.machines.pi, Name.slice(1), path);
      return logged.length === 0 ? undefined : logged.map(({ logger, client }) => `${logger ?? ""} ${client ?? ""}`);
    });
    expect(clients).toEqual([`homeport_django.request ${lab.addresses.visitor}`]);
  });
}
