import * as pulumi from "@pulumi/pulumi";

import { keptText } from "../../state/in-program";
import type { Thing } from "./facts";
import { HostAccess } from "./host-access";

/** What a thing in Docker, or one that lives of it, is made again for. */
export interface RepairArgs {
  readonly host: HostAccess;
  /** The things whose faults count. */
  readonly of: (thing: Thing) => boolean;
}

/**
 * Why a thing in Docker was made again the last time; empty: never. It changes only when the probe finds the thing otherwise than declared, so a resource
 * that has it among its inputs is replaced then, without a refresh: preview shows why. Names of containers are unique, so a second fault of the same kind
 * is another text; what is missing has no name of its own, and takes the host's revision, which is another one each time.
 */
export function repairOf(
  name: string,
  { host, of }: RepairArgs,
  parent: pulumi.Resource | undefined,
): pulumi.Output<string> {
  const faults = host.things.filter(of).filter(({ fault }) => fault !== undefined);
  const fresh = faults.length === 0 ? undefined : faults.map(textOf).join("; ");
  return keptText({ name: `${name}-repair`, key: "found", fresh, first: "" }, parent);
}

/** Picks what one resource makes. */
export function madeBy(kind: Thing["kind"], resource: string): RepairArgs["of"] {
  return (thing) => thing.kind === kind && thing.resource === resource;
}

function textOf({ kind, name, fault = "" }: Thing): string {
  return `${kind} ${name} ${fault}`;
}
