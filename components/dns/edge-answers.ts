import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { nodeScript } from "../machine";

/** An edge, and a name by which it is asked. */
export interface EdgeAnswersArgs {
  /** Address or name of the edge. */
  readonly edge: string;
  /** A name of the site. */
  readonly name: string;
  /** What has to be there before it can answer. */
  readonly ready: readonly pulumi.Resource[];
}

/** Asks an edge once, from the workstation and as a visitor does, before names point to it; another edge is asked again. */
export function edgeAnswers(name: string, args: EdgeAnswersArgs, parent: pulumi.Resource): pulumi.Resource {
  return new command.local.Command(
    name,
    { ...nodeScript("dns/ask-edge.mjs"), environment: { EDGE: args.edge, NAME: args.name } },
    { parent, dependsOn: [...args.ready] },
  );
}
