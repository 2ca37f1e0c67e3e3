import { messageOf } from "../lib/errors";
import { siteStatus } from "./site-status";
import { serversOf, Ssh } from "./ssh";
import { DeployedStack, deployedStack } from "./stack";

/** `npm run status`: the current state of site and machines, and what is wrong. Changes nothing; exits 1 unless all is well. */
export async function status(asked: string | undefined): Promise<number> {
  const stack = await deployedStack(asked);
  const { edge } = stack.host;
  const sections = [
    { title: stack.url, probe: () => siteStatus(new URL(stack.url), edge.address, stack.host.proxied === true) },
    ...machinesOf(stack).map(({ name, address, parts }) => ({
      title: `${name} (${address})`,
      probe: async () =>
        machineStatus(await (name === edge.name ? Ssh.toEdge(stack) : Ssh.toServer(stack, name)), stack.app, parts),
    })),
  ];
  const seen = await Promise.allSettled(sections.map(({ probe }) => probe()));
  const problems = sections.flatMap(({ title }, index) => {
    const one = seen[index];
    const { shown, wrong } = split(one?.status === "fulfilled" ? one.value : `${PROBLEM}${messageOf(one?.reason)}`);
    process.stdout.write(
      `${title}\n${[...shown, ...wrong.map((text) => `PROBLEM: ${text}`)].map((line) => `  ${line}\n`).join("")}`,
    );
    return wrong;
  });
  process.stdout.write(
    adapterReport(stack)
      .map((line) => `${line}\n`)
      .join(""),
  );
  process.stdout.write(problems.length === 0 ? "\nall well\n" : `\n${problems.length} problem(s), see PROBLEM above\n`);
  return problems.length === 0 ? 0 : 1;
}

/** What the adapter set over in the project's settings, as the last deploy has reported it. */
export function adapterReport({ adapter }: Pick<DeployedStack, "adapter">): readonly string[] {
  if (adapter === undefined) return [];
  const set = Object.entries(adapter.setOver).map(([setting, text]) => `  ${setting}: ${text}`);
  return [
    ...(set.length === 0 ? [] : ["settings that Homeport set over in the project (app.adapter)", ...set]),
    ...adapter.notes.map((note) => `  note: ${note}`),
  ];
}

/** Begins a line of a report that says what is wrong. */
const PROBLEM = "problem: ";

/** The lines of a report, and the problems in it. */
export function split(report: string): { readonly shown: readonly string[]; readonly wrong: readonly string[] } {
  const lines = report.trimEnd().split("\n");
  return {
    shown: lines.filter((line) => line !== "" && !line.startsWith(PROBLEM)),
    wrong: lines.filter((line) => line.startsWith(PROBLEM)).map((line) => line.slice(PROBLEM.length)),
  };
}

/** A part of a machine's report: a function of `scripts/server-status.sh`. */
type Part = "containers" | "certificates" | "data";

/** A machine, and the parts it reports. */
interface Machine {
  readonly name: string;
  readonly address: string;
  readonly parts: readonly Part[];
}

/** The machines of a stack, servers first. Certificates are where TLS ends, and nowhere else. */
export function machinesOf({ host }: Pick<DeployedStack, "host">): readonly Machine[] {
  const { edge, ingress, server } = host;
  const atIngress: readonly Part[] = ["containers", "certificates"];
  return [
    ...serversOf({ host }).map(({ name, address }): Machine => {
      const first = ingress === "server" && name === server.name;
      return { name, address, parts: [...(first ? atIngress : (["containers"] as const)), "data"] };
    }),
    { name: edge.name, address: edge.address, parts: ingress === "edge" ? atIngress : [] },
  ];
}

async function machineStatus(ssh: Ssh, app: string, parts: readonly Part[]): Promise<string> {
  const site = parts.length === 0 ? "" : `${await ssh.run("server-status.sh", app, ...parts)}\n`;
  return `${site}${await ssh.run("machine-status.sh")}`;
}
