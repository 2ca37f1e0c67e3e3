import { Part, POSTGRES_PORT, Topology } from "../../plan";
import { ServerSettings, Settings } from "../../settings";
import { databaseBundle } from "../database";
import { refuseMissingEngine } from "../docker";
import { caaIssuer, DnsPlan, isProxied, planRecords } from "../dns";
import { ExpectedPort, Machine, probe, ProbedMachine, refuseDeadAgent } from "../machine";
import { expectedPorts, innerContainer, PUBLIC_PORTS } from "../proxy";
import { allOrUserErrors } from "../../lib/errors";
import { mapAll, NonEmpty } from "../../lib/non-empty";
import { refuseMoves, refuseOtherDatabase } from "./previous-layout";
import { PreviousState } from "./previous-state";
import { serverExpectation } from "./server";
import { warnOfSite, warnOfTunnel } from "./site-warnings";
import { StackNames } from "./stack-names";
import { edgeExpectation } from "./vps";

/** A server of the settings with its part in the plan. */
export type PlannedServer = ServerSettings & Part;

/** The machines and records of a stack, before anything is changed. */
export interface OwnObservation {
  readonly edge: ProbedMachine;
  /** In the order of the settings. */
  readonly servers: NonEmpty<{ readonly plan: PlannedServer; readonly machine: ProbedMachine }>;
  readonly records: DnsPlan;
}

/**
 * Probes every machine of a stack and reads the records of its names. Throws one UserError with everything that has to be fixed first, also where a machine
 * would become another server than it was.
 */
export async function observeOwn(
  settings: Settings,
  plan: Topology<ServerSettings>,
  { owner, name }: StackNames,
  previous: PreviousState,
): Promise<OwnObservation> {
  const { edge, servers, tunnel, ingress, tls, domain, hosts, dns, database } = settings;
  refuseMoves(previous.host, { servers, database: database.server });
  const machine = (address: Machine["address"]): Machine => ({ address, owner });
  const front = expectedPorts({ ports: PUBLIC_PORTS });
  const back = expectedPorts(innerContainer(plan.ingress));
  const probeServer = async (server: PlannedServer) => {
    const ports = [
      ...(server.terminatesTls ? front : back),
      ...(server.name === database.server ? [DATABASE_PORT] : []),
    ];
    const probed = await probe(machine(server), serverExpectation(server, tunnel, ports));
    refuseOtherDatabase(server.name, probed.probe.bundles.includes(databaseBundle(name)), database.server);
    return { plan: server, machine: probed };
  };
  const [, probedEdge, probedServers, records] = await allOrUserErrors([
    allOrUserErrors([refuseDeadAgent(process.env["SSH_AUTH_SOCK"]), refuseNoBuild(settings, servers)]),
    probe(machine(edge), edgeExpectation(edge, tunnel, ingress === "edge" ? front : undefined)),
    allOrUserErrors(mapAll(plan.members, probeServer)),
    planRecords({
      domain,
      hosts,
      edge: edge.address,
      issuer: caaIssuer(tls),
      dns,
      owner,
      state: previous.records,
    }),
    // While the edge moves, visitors are still at the one before.
    warnOfSite(
      previous.url && {
        url: previous.url,
        names: hosts,
        edge: previous.host?.edge.address ?? edge.address,
        proxied: isProxied(dns),
      },
    ),
  ]);
  // An edge that is switched off is named already, and no tunnel leads to it.
  if (probedEdge.probe.reached) for (const { machine: server } of probedServers) await warnOfTunnel(server);
  return { edge: probedEdge, servers: probedServers, records };
}

/** Refuses a workstation that cannot build the image for these servers. */
async function refuseNoBuild(
  { app }: Pick<Settings, "app">,
  servers: readonly Pick<ServerSettings, "platform" | "replicas">[],
): Promise<void> {
  if (app.image !== undefined) return;
  await refuseMissingEngine([
    ...new Set(servers.filter(({ replicas }) => replicas > 0).map(({ platform }) => platform)),
  ]);
}

const DATABASE_PORT: ExpectedPort = { port: POSTGRES_PORT, protocol: "tcp", holder: "homeport " };
