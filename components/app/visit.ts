import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { nodeScript } from "../machine";
import { AdapterReport, HealthSettings } from "./gate";

export interface VisitArgs {
  /** Public address of the edge. */
  readonly edge: string;
  /** The site's name. */
  readonly name: string;
  readonly health: HealthSettings;
  /** Paths that are closed to the internet. */
  readonly closed: readonly string[];
  readonly report: pulumi.Output<AdapterReport>;
  /** A path that the proxy answers with 200 once it has taken the new route. */
  readonly mark: pulumi.Output<string>;
  /** What serves: with other containers it is visited again. */
  readonly containers: pulumi.Output<readonly string[]>;
}

/** Visits the site once from the workstation after a switch of the routes, as the internet does. */
export function visit(name: string, args: VisitArgs, opts: pulumi.CustomResourceOptions): void {
  const { edge, name: site, health, closed, report, mark, containers } = args;
  new command.local.Command(
    name,
    {
      ...nodeScript("app/visit-site.mjs"),
      environment: {
        EDGE: edge,
        NAME: site,
        PATH_OF_CHECK: health.path,
        STATUSES: (health.status ?? []).join(","),
        CLOSED: report.apply(({ admins }) => [...new Set([...closed, ...admins])].join(",")),
        LOGIN: report.apply(({ login }) => login ?? ""),
        MARK: mark,
        CONTAINERS: containers.apply((all) => all.join(",")),
      },
    },
    opts,
  );
}
