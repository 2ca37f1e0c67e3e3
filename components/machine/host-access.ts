import * as pulumi from "@pulumi/pulumi";

import { BundleHeader } from "./bundle";
import { HostAddress } from "../../settings/host-address";

/** A host as an application sees it: where it is, and what bundles for it begin with. Its own stack's `Host` is one; a guest stack has another. */
export interface HostAccess {
  readonly address: HostAddress;
  /** The stack that owns what is put there, `project/stack`. */
  readonly owner: string;
  /** Changes whenever something on the host has to be told again; part of every bundle for this host. */
  readonly revision: pulumi.Output<string>;
}

/** The header of a bundle for a host. */
export function bundleHeader(
  { owner, revision }: Pick<HostAccess, "owner" | "revision">,
  name: string,
): pulumi.Output<BundleHeader> {
  return revision.apply((told) => ({ name, owner, revision: told }));
}
