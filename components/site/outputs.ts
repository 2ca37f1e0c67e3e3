import { ADMIN_PORT } from "../../plan";
import { SiteHost } from "./site-host";

/** Input of the outputs. */
export interface OutputsArgs {
  /** The stack's own name, such as `dev`. */
  readonly stack: string;
  /** Name of the application on the server. */
  readonly app: string;
  readonly hosts: readonly string[];
  readonly adminUser: string;
  /** Paths of the admin, such as `/admin/`; the first is the one to log in at. */
  readonly adminPath: readonly string[];
  readonly host: Pick<SiteHost, "facts" | "ingress" | "dockerData">;
  /** Name of the volume with the site's data. */
  readonly volume: string;
}

/** The public outputs of a stack: each answers your next question, with the command that does it. They change only when what they report does. */
export function outputs({ stack, app, hosts, adminUser, adminPath: [adminPath = "/"], host, volume }: OutputsArgs) {
  const { edge, server } = host.facts;
  const command = (name: string): string => `npm run ${name} -- --stack ${stack}`;
  const adminUrl = (name: string): string => `https://${name}:${ADMIN_PORT}${adminPath}`;
  return {
    app,
    url: `https://${hosts[0] ?? ""}/`,
    addresses: {
      edge: edge.address,
      server: server.address,
      tunnel: { edge: edge.tunnelAddress, server: server.tunnelAddress },
    },
    admin: {
      url: adminUrl(host.ingress.adminHosts[0]),
      user: adminUser,
      password: `pulumi stack output adminPassword --show-secrets --stack ${stack}`,
      fromAnywhere: command("admin"),
      forwarded: adminUrl(host.ingress.adminHosts.at(-1) ?? "localhost"),
    },
    status: command("status"),
    logs: `${command("logs")} -f`,
    shell: command("shell"),
    data: { volume, on: server.name, path: `${host.dockerData}/volumes/${volume}/_data` },
  };
}
