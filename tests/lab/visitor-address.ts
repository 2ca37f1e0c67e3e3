import { randomUUID } from "node:crypto";

import { until } from "../../lab/process";
import { answers, theLab } from "../support/lab";
import { loggedRequests } from "../support/lab-log";
import { webContainer } from "../support/lab-site";
import { visit } from "../support/lab-visitor";

/** Whom Django takes its visitor for. */
export function visitorAddressTests(): void {
  it.each([
    { what: "is the visitor's own", headers: [] },
    { what: "is not taken from X-Forwarded-For", headers: ["X-Forwarded-For: 10.1.2.3"] },
    { what: "is not taken from a list of forwarders", headers: ["X-Forwarded-For: 192.168.1.1, 127.0.0.1"] },
    { what: "is not taken from X-Real-Ip or Forwarded", headers: ["X-Real-Ip: 10.1.2.3", "Forwarded: for=10.1.2.3"] },
  ])("$what", async ({ headers }) => {
    const lab = await theLab();
    const path = `/who-asks-${randomUUID()}/`;
    const url = new URL(path, (await answers(lab)).url).href;
    await visit(lab.machines.visitor, url, ...headers.flatMap((header) => ["--header", header]));
    const { Name } = await webContainer(lab.machines.pi);
    const clients = await until(`a line about ${path} in the application's log`, 20, async () => {
      const logged = await loggedRequests(lab.machines.pi, Name.slice(1), path);
      // Django's own line and Gunicorn's.
      return logged.length >= 2
        ? logged.map(({ logger, client }) => `${logger ?? ""} ${client ?? ""}`).sort()
        : undefined;
    });
    const { visitor } = lab.addresses;
    expect(clients).toEqual([`gunicorn.access ${visitor}`, `mysite.request ${visitor}`]);
  });
}
