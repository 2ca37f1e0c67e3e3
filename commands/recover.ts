import { z } from "zod";

import { exportState, pulumi } from "../state";
import { KnownEngine, KnownZone, knownState } from "./known-state";
import { refuseLiveRun } from "./live-run";
import { Ssh } from "./ssh";
import { pulumiByHand, stackName } from "./stack";
import { say } from "../lib/say";
import { removeRecords, unknownRecords } from "./zone-records";

/**
 * `npm run recover [-- OPTIONS...]`: completes an interrupted `pulumi up`, with the options of `pulumi up`. What the interrupted run was creating is on
 * the machine but not in the state, and would hold its ports for ever. A resource hook could have removed a record of it, but language hosts older than the SDK do
 * not pass the hook's registration on to the engine (`UNIMPLEMENTED`).
 */
export async function recover(asked: string | undefined, options: readonly string[]): Promise<number> {
  const stack = await stackName(asked);
  await refuseLiveRun(stack);
  say(`Cancelling the interrupted run of ${stack}`);
  // Pulumi Cloud refuses to cancel if nothing is running; continue then.
  await pulumi(["cancel", "--yes", "--stack", stack]).catch((error: unknown) => {
    say(`  ${error instanceof Error ? error.message : String(error)}`);
  });
  const { owner, engines, ids, zones } = knownState(await exportState(stack));
  if (owner !== undefined) {
    for (const engine of engines) await removeUnknown(engine, owner, ids);
    for (const zone of zones) await removeUnknownRecords(stack, zone, owner);
  }
  say("Refreshing the state");
  // Without this flag the engine carries operations that were "creating" when it was killed through every later `up`.
  const code = await pulumiByHand(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack]);
  if (code !== 0) return code;
  say("Resuming the deploy");
  return pulumiByHand(["up", "--yes", "--skip-preview", "--stack", stack, ...options]);
}

/** Removes this stack's containers and networks that are not in its state. */
async function removeUnknown(engine: KnownEngine, owner: string, known: readonly string[]): Promise<void> {
  const ssh = Ssh.byUrl(engine.url, engine.sshOptions);
  const unknown = unknownOf(await ssh.run("containers-of.sh", owner), known);
  for (const { kind, name } of unknown) say(`  removing the ${kind} ${name}, which is not in the state`);
  if (unknown.length > 0) await ssh.run("remove-containers.sh", ...unknown.map(({ kind, id }) => `${kind} ${id}`));
}

/** Removes this stack's records that are not in its state: Cloudflare refuses to create them twice (81058). */
async function removeUnknownRecords(stack: string, zone: KnownZone, owner: string): Promise<void> {
  const token = await apiToken(stack);
  if (token === undefined) {
    say(`  the records of zone ${zone.zoneId} are not checked: there is no Cloudflare token`);
    return;
  }
  const unknown = await unknownRecords(zone, token, owner);
  if (unknown.length > 0) say(await removeRecords(zone, token, unknown));
}

/** The output of `pulumi config --json`; only texts have a value. */
const configSchema = z.record(z.string(), z.object({ value: z.string().optional() }));

/** Reads the token from the same places as the provider. */
async function apiToken(stack: string): Promise<string | undefined> {
  const own = process.env["CLOUDFLARE_API_TOKEN"];
  if (own !== undefined && own !== "") return own;
  // All of them: the CLI fails the same way for a missing key as for any other error.
  const settings = configSchema.parse(
    JSON.parse(await pulumi(["config", "--json", "--show-secrets", "--stack", stack])),
  );
  return settings["cloudflare:apiToken"]?.value;
}

/** A container or network of ours on an engine. */
export interface Made {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** The lines `KIND ID NAME` whose id is not known. */
export function unknownOf(listed: string, known: readonly string[]): Made[] {
  return listed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [kind = "", id = "", name = ""] = line.split(" ");
      return { kind, id, name };
    })
    .filter(({ id }) => !known.includes(id));
}
