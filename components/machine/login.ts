import * as pulumi from "@pulumi/pulumi";

import { expandHome, readUserFile } from "../../lib/user-file";
import { HostAddress } from "./connection";

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
