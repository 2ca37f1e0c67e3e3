import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { commandConnection, HostAccess, script } from "../machine";

/** How an answer of a new container is judged. */
export interface HealthSettings {
  readonly path: string;
  /** Good answers; undefined: below 400, or 401, 403 and 404. */
  readonly status?: readonly number[] | undefined;
  /** Time for all containers of a server together, seconds. */
  readonly seconds: number;
  /** A health check of the container's own; it has to pass as well. */
  readonly command?: readonly string[] | undefined;
}

export interface GateArgs {
  /** Name of the application on the server. */
  readonly app: string;
  readonly host: HostAccess;
  /** The site's name, as visitors ask for it. */
  readonly name: string;
  /** The network that the proxy and the containers share. */
  readonly network: pulumi.Input<string>;
  readonly port: pulumi.Input<number>;
  readonly health: HealthSettings;
  /** What has to answer there. */
  readonly webs: readonly docker.Container[];
  /** What has to keep running. */
  readonly processes: readonly docker.Container[];
}

/** The gate of a server: `report` is known once every container there is good. */
export interface Gate {
  readonly passed: pulumi.Resource;
  readonly report: pulumi.Output<AdapterReport>;
}

const strings = z.array(z.string()).catch([]);

const reportSchema = z.object({
  /** Status of the answer that let it pass. */
  answered: z.number().catch(200),
  django: z.string().catch(""),
  set: z
    .array(
      z.object({
        setting: z.string(),
        was: z.string().catch(""),
        now: z.string().catch(""),
        why: z.string().catch(""),
      }),
    )
    .catch([]),
  admins: strings,
  notes: strings,
  checks: strings,
  login: z.string().nullish().catch(null),
});

const answerSchema = z.object({
  answered: z.unknown().optional(),
  report: z.record(z.string(), z.unknown()).catch({}),
});

/** The stack's output about the adapter. */
export interface AdapterSummary {
  readonly setOver: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** What the adapter says of the application; empty where there is none. */
export type AdapterReport = z.output<typeof reportSchema>;

/** Asks the new containers of a server as its proxy would, before any route names them. */
export function gate(name: string, args: GateArgs, opts: pulumi.CustomResourceOptions): Gate {
  const { app, host, network, name: site, port, health, webs, processes } = args;
  const wait = "exec bash -s";
  const passed = new command.remote.Command(
    name,
    {
      connection: commandConnection(host.address),
      create: wait,
      update: wait,
      stdin: pulumi
        .all([network, port, pulumi.all(webs.map((one) => one.name)), pulumi.all(processes.map((one) => one.name))])
        .apply(([shared, number, web, process]) =>
          [
            `${script("app/gate.sh")}${app}`,
            host.address.name,
            String(health.seconds),
            shared,
            site,
            String(number),
            health.path,
            health.status?.join(",") ?? "-",
            health.command === undefined ? "-" : "command",
            ...web.map((one) => `web ${one}`),
            ...process.map((one) => `process ${one}`),
            "",
          ].join("\n"),
        ),
      addPreviousOutputInEnv: false,
    },
    opts,
  );
  return { passed, report: passed.stdout.apply(parseReport) };
}

/** What a person should know of it: what was set over, by the setting, and notes. */
export function adapterSummary(report: pulumi.Output<AdapterReport>): pulumi.Output<AdapterSummary> {
  return report.apply(({ set, notes, checks }) => ({
    setOver: Object.fromEntries(set.map(({ setting, was, now, why }) => [setting, `${was} -> ${now} (${why})`])),
    notes: [...notes, ...checks.map((id) => `check --deploy still warns: ${id}`)],
  }));
}

/** Reads the last line of the script's output. */
export function parseReport(text: string): AdapterReport {
  const answer = answerSchema.parse(json(text.trim().split("\n").at(-1) ?? ""));
  return reportSchema.parse({ ...answer.report, answered: answer.answered });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return {};
  }
}
