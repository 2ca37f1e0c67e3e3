import * as pulumi from "@pulumi/pulumi";

import { expandHome, readUserFile, shortenHome } from "../lib/user-file";

/** How a host is reached by ssh. */
export interface HostAddress {
  /** Name of the host in this stack, such as `vps`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The host's public key, `ssh-ed25519 AAAA...`; every connection is refused if the host shows another. */
  readonly hostKey: string;
  /** The operator's private key by path; undefined: the ssh agent is asked. */
  readonly privateKeyFile: string | undefined;
  /** Content of `privateKeyFile`. */
  readonly privateKey: pulumi.Output<string> | undefined;
}

/** A host's address as settings and outputs have it: plain values, the key by its path. */
export interface Login extends Pick<HostAddress, "name" | "address" | "port" | "user" | "hostKey"> {
  readonly privateKeyFile?: string | undefined;
}

/** The address of a host, with the operator's key read; `at` is the path of its settings, for the message of a fault. */
export function hostAddress(at: string, { name, address, port, user, hostKey, privateKeyFile }: Login): HostAddress {
  const file = privateKeyFile === undefined ? undefined : expandHome(privateKeyFile);
  return {
    ...{ name, address, port, user, hostKey },
    privateKeyFile: file,
    privateKey: file === undefined ? undefined : pulumi.secret(readUserFile(`${at}/privateKeyFile`, file)),
  };
}

/** The login of a host as an output has it: what is at another place on each workstation is written relative to the home directory. */
export function loginFacts({ name, address, port, user, hostKey, privateKeyFile }: HostAddress): Login {
  return {
    ...{ name, address, port, user, hostKey },
    ...(privateKeyFile === undefined ? {} : { privateKeyFile: shortenHome(privateKeyFile) }),
  };
}
