import { messageOf } from "../../lab/errors";
import { until } from "../../lab/process";
import { answers, Lab } from "./lab";
import { LabMachine } from "./lab-machine";
import { visit } from "./lab-visitor";

/** What is looked at in a container of the site, as the engine on the Pi tells it. */
export interface SiteContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Running: boolean; readonly StartedAt: string };
  readonly Config: { readonly User: string; readonly Env: readonly string[]; readonly Labels: Record<string, string> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
  };
  readonly Mounts: readonly { readonly Source: string }[];
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

/** Seconds a site may take to come back by itself: boot, Docker, and three workers on an emulated processor. */
const BACK_SECONDS = 180;

/** Polls until the visitor reads the site again, and gives the seconds it took. */
export async function siteIsBack(lab: Lab): Promise<number> {
  const start = Date.now();
  const { url } = await answers(lab);
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
  /** What was answered instead of a page with status 200. */
  readonly failures: readonly string[];
}

/** Does something while the visitor reads the site again and again. */
export async function whileVisited<T>(lab: Lab, action: () => Promise<T>): Promise<Watched<T>> {
  const { url } = await answers(lab);
  const failures: string[] = [];
  let asked = 0;
  let ended = false;
  const watch = async (): Promise<void> => {
    while (!ended) {
      asked += 1;
      const answer = await visit(lab.machines.visitor, url).then(({ status }) => String(status), messageOf);
      if (answer !== "200") failures.push(answer);
    }
  };
  const watching = watch();
  const result = await action().finally(async () => {
    ended = true;
    await watching;
  });
  return { result, asked, failures };
}
