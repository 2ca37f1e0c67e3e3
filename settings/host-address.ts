import * as pulumi from "@pulumi/pulumi";

import { readUserFile, shortenHome } from "../lib/user-file";

/** How to reach a host by ssh. */
export interface HostAddress {
  /** Name of the host in this stack, such as `vps`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The host's public key, `ssh-ed25519 AAAA...`; a host that presents another is refused. */
  readonly hostKey: string;
  /** The operator's private key by path, as ssh takes it on any workstation; undefined: the ssh agent. */
  readonly privateKeyFile: string | undefined;
  /** Content of `privateKeyFile`. */
  readonly privateKey: pulumi.Output<string> | undefined;
}

/** A host's address in settings and outputs: plain values, the key by its path. */
export interface Login extends Pick<HostAddress, "name" | "address" | "port" | "user" | "hostKey"> {
  readonly privateKeyFile?: string | undefined;
}

/** A host's address with the operator's key loaded; `at` is its settings path, for error messages. */
export function hostAddress(at: string, { name, address, port, user, hostKey, privateKeyFile }: Login): HostAddress {
  const file = privateKeyFile === undefined ? undefined : shortenHome(privateKeyFile);
  return {
    ...{ name, address, port, user, hostKey },
    privateKeyFile: file,
    privateKey: file === undefined ? undefined : pulumi.secret(readUserFile(`${at}.privateKeyFile`, file)),
  };
}

/** A host's login for an output. */
export function loginFacts({ name, address, port, user, hostKey, privateKeyFile }: HostAddress): Login {
  return {
    ...{ name, address, port, user, hostKey },
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
  };
}
