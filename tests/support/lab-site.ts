import { LAUNCH, MANAGE } from "../../lib/adapter-paths";
import { messageOf } from "../../lib/errors";
import { until } from "../../lab/process";
import { outputs, Lab } from "./lab";
import { LabMachine } from "./lab-machine";
import { visit } from "./lab-visitor";

/** What is looked at in a container of the site, as the engine on the Pi tells it. */
export interface SiteContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly User: string;
    readonly Image: string;
    readonly Env: readonly string[];
    readonly Labels: Record<string, string>;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Record<string, string> };
  };
  readonly Mounts: readonly { readonly Source: string; readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: { readonly Networks: Record<string, { readonly IPAddress: string }> };
}

/** All containers on the Pi, also those that have ended, by name. */
export async function siteContainers(pi: LabMachine): Promise<SiteContainer[]> {
  const text = await pi.run("docker ps -aq | xargs -r docker inspect");
  const all = text.trim() === "" ? [] : (JSON.parse(text) as SiteContainer[]);
  return all.sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** The containers of one role of the application, `web` or `release`. */
export async function appContainers(pi: LabMachine, role: string): Promise<SiteContainer[]> {
  return (await siteContainers(pi)).filter(({ Config }) => Config.Labels["homeport.role"] === role);
}

/** The one that serves. */
export async function webContainer(pi: LabMachine): Promise<SiteContainer> {
  const [web, ...others] = await appContainers(pi, "web");
  if (web === undefined || others.length > 0)
    throw new Error(`expected one container of the application, found ${others.length + (web === undefined ? 0 : 1)}`);
  return web;
}

/** What a `manage.py` command says in the container that serves, stdout and stderr. */
export async function manage(pi: LabMachine, command: string): Promise<string> {
  const { Name } = await webContainer(pi);
  return pi.run(`docker exec ${Name.slice(1)} ${LAUNCH} --inside ${MANAGE} ${command} 2>&1`);
}

/** What a Python script says that knows the site's settings, in the container that serves; before it Django tells what it has imported. */
export async function siteShell(pi: LabMachine, script: string): Promise<string> {
  const { Name } = await webContainer(pi);
  return pi.run(`docker exec -i ${Name.slice(1)} ${LAUNCH} --inside ${MANAGE} shell <<'PYTHON'\n${script}\nPYTHON`);
}

/** Seconds a site may take to come back by itself: boot, Docker, and three workers on an emulated processor. */
const BACK_SECONDS = 180;

/** Polls until the visitor reads the site again, and gives the seconds it took. */
export async function siteIsBack(lab: Lab): Promise<number> {
  const start = Date.now();
  const { url } = await outputs(lab);
  await until("the visitor to read the site", BACK_SECONDS, async () => {
    const { status } = await visit(lab.machines.visitor, url, "--max-time", "5");
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    return true;
  });
  return (Date.now() - start) / 1000;
}

/** What a visitor saw who asked again and again while something was done. */
export interface Watched<T> {
  readonly result: T;
  /** How often the site was asked. */
  readonly asked: number;
  /** What was answered instead of the expected status. */
  readonly failures: readonly string[];
}

/** How a visitor asks, as arguments of curl, and the status that is a good answer. */
export interface Asking {
  readonly curl: readonly string[];
  readonly status: string;
}

/** Milliseconds between two requests: without any, the visitor takes a processor from the deploy that is watched. */
const BETWEEN_VISITS = 150;

const READING: Asking = { curl: [], status: "200" };

/** A form without its token: no proxy may send it twice, and Django refuses it by itself. */
export const SENDING: Asking = { curl: ["--request", "POST"], status: "403" };

/** Does something while the visitor asks the site again and again; by default for its first page. */
export async function whileVisited<T>(
  lab: Lab,
  action: () => Promise<T>,
  { curl, status }: Asking = READING,
): Promise<Watched<T>> {
  const { url } = await outputs(lab);
  const failures: string[] = [];
  let asked = 0;
  let ended = false;
  const watch = async (): Promise<void> => {
    while (!ended) {
      asked += 1;
      const answer = await visit(lab.machines.visitor, url, ...curl).then((page) => String(page.status), messageOf);
      if (answer !== status) failures.push(answer);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_VISITS));
    }
  };
  const watching = watch();
  // oxlint-disable-next-line typescript/no-misused-promises -- `finally` awaits it
  const result = await action().finally(async () => {
    ended = true;
    await watching;
  });
  return { result, asked, failures };
}
