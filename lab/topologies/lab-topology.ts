import type { HostName } from "../hosts/name";
import type { Platform } from "../platform";
import type { ServiceName } from "../services/service";
import type { ProgramName } from "../toolchain/programs";

/** An application server, as the stack's settings name it. */
export interface LabServer {
  readonly name: HostName;
  readonly platform: Platform;
  /** Set where the server has a public address: the settings' `place`. Default: at home. */
  readonly place?: "public";
}

/** Which machines a lab has, and what its stack is configured with. A value: what it names is built elsewhere. */
export interface LabTopology {
  readonly name: string;
  /** The stack that is rehearsed: `Pulumi.STACK.yaml`. */
  readonly stack: string;
  /** What follows the instance's name, so that labs of one checkout stand side by side. */
  readonly suffix: string;
  /** The machines, in the order in which they are started. */
  readonly hosts: readonly HostName[];
  /** The application servers, in the order of the settings. */
  readonly servers: readonly LabServer[];
  /** Programs that the hosts run and that are built for them. */
  readonly programs: readonly ProgramName[];
  /** What is there beside the site's own machines, with certificates of the lab's authority. */
  readonly services: readonly ServiceName[];
  /** Settings of the stack beside logins and addresses, given the path of the services' authority. */
  readonly settings: (caFile: string) => Readonly<Record<string, unknown>>;
}

/** The same topology with the Raspberry Pi on a platform. */
export function withPiOn(topology: LabTopology, platform: Platform): LabTopology {
  const servers = topology.servers.map((server) => (server.name === "pi" ? { ...server, platform } : server));
  return { ...topology, servers };
}
