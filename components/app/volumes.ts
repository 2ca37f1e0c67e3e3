import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { sha256 } from "../../lib/sha256";
import { asRoot, commandConnection, HostAccess, script } from "../machine";
import { DATA } from "./contract";
import { ImageFacts } from "./image-facts";

/** A directory of the containers that outlives them. */
export interface KeptDirectory {
  /** Name of the Docker volume. */
  readonly volume: string;
  /** Path inside the containers. */
  readonly path: string;
}

/** Name of an application's data volume on a server. */
export function dataVolume(app: string): string {
  return `${app}-data`;
}

/** The kept directories of an application: `/data`, those of the settings, and those that the image declares. */
export function keptDirectories(
  app: string,
  configured: readonly string[],
  declared: readonly string[],
): KeptDirectory[] {
  const paths = [...new Set([DATA, ...configured, ...declared.map((path) => path.replace(/(.)\/+$/, "$1"))])];
  return paths.map((path) => ({
    path,
    volume: path === DATA ? dataVolume(app) : `${app}-${volumeName(path)}`,
  }));
}

// Docker's names know no slash. A digest keeps /a/b and /a-b apart.
function volumeName(path: string): string {
  const name = path.slice(1).replaceAll(/[^\w.]+/g, "-");
  return /^[\w/]+$/.test(path) ? name : `${name}-${sha256(path).slice(0, 6)}`;
}

export interface VolumesArgs {
  readonly app: string;
  readonly host: HostAccess;
  /** Reference of the image on the server. */
  readonly image: pulumi.Input<string>;
  readonly facts: pulumi.Output<ImageFacts>;
  /** Paths of the settings. */
  readonly configured: readonly string[];
  readonly keepData: boolean;
}

/** Makes the volumes before the first container starts. */
export function volumes(name: string, args: VolumesArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const { app, host, image, facts, configured, keepData } = args;
  return new command.remote.Command(
    name,
    {
      connection: commandConnection(host.address),
      create: asRoot("apply"),
      update: asRoot("apply"),
      delete: asRoot("remove"),
      stdin: pulumi.all([image, facts, host.revision]).apply(([reference, { user, volumes: declared }, revision]) =>
        [
          `${script("app/volumes.sh")}${app}`,
          host.address.name,
          reference,
          host.owner,
          user,
          keepData ? "keep" : "delete",
          // A server that was reinstalled has lost its volumes.
          revision,
          ...keptDirectories(app, configured, declared).map(({ volume, path }) => `${volume} ${path}`),
          "",
        ].join("\n"),
      ),
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}
