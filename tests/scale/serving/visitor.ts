import { until } from "../../../lab/process";
import { outputs, Lab, theLab } from "../../support/lab";
import { loggedRequests } from "../../support/lab-log";
import { appContainers } from "../../support/lab-site";
import { askWith, SPOOFS } from "../../support/lab-spoofs";
import { visit } from "../../support/lab-visitor";

/** Whom Django takes its visitor for, behind two proxies, and who is nobody to it. */
export function visitorTests(): void {
  describe("whom Django sees", clientAddressTests);

  it("an unknown name gets nothing of the site", async () => {
    const lab = await theLab();
    const { status } = await visit(lab.machines.visitor, `https://${lab.addresses.vps}/`, "--insecure");
    expect(status).toBe(404);
  });

  it("an upload over the limit is refused before it is sent, and the admin is not public", async () => {
    const lab = await theLab();
    const { url } = await outputs(lab);
    const options = [
      "--request",
      "POST",
      "--header",
      "Content-Length: 5000000000",
      "--header",
      "Content-Type: text/plain",
    ];
    expect((await visit(lab.machines.visitor, url, "--http1.1", ...options)).status).toBe(413);
    expect((await visit(lab.machines.visitor, new URL("/admin/", url).href)).status).toBe(404);
  });
}

/** Whom Django takes its visitor for, whatever that sends; wherever TLS ends. */
export function clientAddressTests(): void {
  it.each([
    ...SPOOFS,
    {
      what: "is not taken from a list that ends with a proxy of ours",
      headers: ["X-Forwarded-For: 192.168.1.1, 10.77.0.1"],
    },
  ])("$what", async ({ headers }) => {
    const lab = await theLab();
    const path = await askWith(lab, headers);
    expect(await clientsOf(lab, path)).toEqual([lab.addresses.visitor]);
  });
}

/** Whom the applications have taken for the visitor who asked for a path. */
export async function clientsOf(lab: Lab, path: string): Promise<string[]> {
  return until(`a line about ${path} in an application's log`, 20, () => loggedClients(lab, path));
}

async function loggedClients({ machines: { pi, one, two } }: Lab, path: string): Promise<string[] | undefined> {
  const found: string[] = [];
  for (const machine of [pi, one, two]) {
    for (const { Name } of await appContainers(machine, "web")) {
      const logged = await loggedRequests(machine, Name.slice(1), path);
      found.push(...logged.flatMap(({ client }) => client ?? []));
    }
  }
  return found.length >= 1 ? [...new Set(found)] : undefined;
}
