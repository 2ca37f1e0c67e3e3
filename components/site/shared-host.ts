import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { UserError } from "../../lib/errors";

const login = {
  name: z.string(),
  address: z.string(),
  port: z.number(),
  user: z.string(),
  hostKey: z.string(),
  privateKeyFile: z.string().optional(),
  tunnelAddress: z.string(),
};

const server = z.object({
  ...login,
  platform: z.string(),
  /** Whether ssh is open through the tunnel. */
  sshOverTunnel: z.boolean(),
});

/** The output `host` of every stack: the machines that its site is on. The commands and the guests of a stack read it. */
const sharedHostSchema = z.object({
  /** The stack that owns them, `project/stack`. */
  owner: z.string(),
  /** Names of the site of that stack. */
  names: z.array(z.string()),
  /** Name in CAA records of its proxy's authority; undefined: not known. */
  caaIssuer: z.string().optional(),
  edge: z.object(login),
  /** Where TLS ends. */
  ingress: z.enum(["edge", "server"]).default("server"),
  /** Whether its proxy trusts the forwarded headers of Cloudflare's networks; undefined: it does not. */
  proxied: z.boolean().optional(),
  /** The first server, which also runs the release and the jobs. */
  server,
  others: z.array(server).default([]),
  /** Name of the server that runs the stack's own database; undefined: none, or from an older version. */
  database: z.string().optional(),
  network: z.string(),
  subnet: z.string(),
});

export type SharedHost = z.output<typeof sharedHostSchema>;

/** Begins the text of the output. A text that is JSON from its first letter on the CLI prints over thirty lines. */
const MARK = "machines ";

/** The output `host`: one line, because no person has to read it and each `up` prints the outputs. */
export function sharedHostText(host: pulumi.Input<object>): pulumi.Output<string> {
  return pulumi.interpolate`${MARK}${pulumi.jsonStringify(host)}`;
}

/** The output `host` as it is read back. */
export const sharedHostOutput = z
  .string()
  .startsWith(MARK)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text.slice(MARK.length));
    } catch {
      context.addIssue({ code: "custom", message: "is no JSON" });
      return z.NEVER;
    }
  })
  .pipe(sharedHostSchema);

/** The full name of a stack. Organization and project may be left out, as for the Pulumi CLI. */
export function fullStackName(name: string, organization: string, project: string): string {
  const [last = "", middle, first] = name.split("/").reverse();
  if (middle === undefined) return `${organization}/${project}/${last}`;
  return first === undefined ? `${middle}/${project}/${last}` : name;
}

/** Checks the output `host` of the stack of `host.stack`; `name` is its full name. */
export function checkSharedHost(answer: unknown, name: string): SharedHost {
  const read = sharedHostOutput.safeParse(answer);
  if (!read.success) {
    throw new UserError(
      `host.stack: the stack ${name} has no output that names its machines: run 'pulumi up --stack ${name}' first, with this version of the program`,
    );
  }
  if (read.data.ingress === "edge" || read.data.others.length > 0) {
    throw new UserError(
      `host.stack: the stack ${name} has several servers or ends TLS at the edge, and only the machines of a stack with one server can be shared: use machines of your own`,
    );
  }
  const [, project = "", stack = ""] = name.split("/");
  if (read.data.owner !== `${project}/${stack}`) {
    throw new UserError(
      `host.stack: the stack ${name} is itself a guest, on the machines of ${read.data.owner}: name that stack instead`,
    );
  }
  return read.data;
}

/** Refuses names of the owner's site. */
export function refuseTakenNames(
  names: readonly string[],
  { owner, names: taken }: Pick<SharedHost, "owner" | "names">,
): void {
  const both = names.filter((name) => taken.includes(name));
  if (both.length === 0) return;
  throw new UserError(
    `hosts: ${both.join(", ")} ${both.length === 1 ? "is a name" : "are names"} of the site of ${owner}, which shares these machines: choose another domain, such as staging.${both[0] ?? ""}, or other hosts`,
  );
}

/** Refuses a guest behind Cloudflare's proxy where the owner's site is not: their shared proxy would take Cloudflare for the visitor. */
export function refuseOtherProxy(
  guest: boolean,
  { owner, proxied = false }: Pick<SharedHost, "owner" | "proxied">,
): void {
  if (!guest || proxied) return;
  throw new UserError(
    `dns.proxied: the site of ${owner}, which shares these machines, is not behind Cloudflare's proxy, so its proxy trusts no forwarded address of a ` +
      "visitor: set it there first and run 'pulumi up' there, or leave it out here",
  );
}
