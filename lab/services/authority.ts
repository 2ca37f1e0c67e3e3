import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Instance } from "../instance";
import type { Holder, Terms } from "../../packages/provider-stand-ins/src/tls/certificate";
import { requestCertificate, selfSign, signRequest } from "../../packages/provider-stand-ins/src/tls/certificate";
import { newKeyPair } from "../../packages/provider-stand-ins/src/tls/key-pair";
import type { ServiceName } from "./service";
import { SERVICE_DOMAINS } from "./service";

/** A certificate and its key on this machine. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Days a certificate of the lab is good for: longer than any lab stands. */
const DAYS = 3650;

/** Milliseconds in a day. */
const DAY = 86_400_000;

/** The certificate of the authority that signs the services' certificates. */
export function serviceCaFile(instance: Pick<Instance, "directory">): string {
  return files(instance, "ca").certificate;
}

/** A service's certificate and key. */
export function serviceFiles(instance: Pick<Instance, "directory">, service: ServiceName): CertificateFiles {
  return files(instance, service);
}

/** Makes the authority and the certificate of each service, unless they are there: they outlive the hosts, as the stack has them pinned. */
export async function provideServiceCertificates(
  instance: Pick<Instance, "directory">,
  services: readonly ServiceName[],
): Promise<void> {
  for (const service of services) {
    const authority = await provide(files(instance, "ca"), (key) =>
      selfSign(key, holder("Homeport lab: authority of the services", []), {
        ...terms(["cert_signing", "crl_signing"], true),
        setAuthorityKeyId: false,
      }),
    );
    await provide(serviceFiles(instance, service), async (key) => {
      const name = SERVICE_DOMAINS[service];
      const request = await requestCertificate(key, holder(name, [name]));
      const signer = { certificatePem: authority.certificate, privateKeyPem: authority.key };
      return signRequest(request.pem, signer, terms(["digital_signature", "server_auth"], false));
    });
  }
}

function files({ directory }: Pick<Instance, "directory">, name: string): CertificateFiles {
  const path = join(directory, "services", name);
  return { certificate: `${path}.pem`, key: `${path}.key` };
}

function holder(commonName: string, dnsNames: readonly string[]): Holder {
  return { subject: [["CN", commonName]], dnsNames, ipAddresses: [], uris: [] };
}

function terms(allowedUses: readonly string[], isCa: boolean): Terms {
  // A host whose clock is a little behind takes it too.
  const notBefore = new Date(Date.now() - DAY);
  const notAfter = new Date(notBefore.getTime() + DAYS * DAY);
  return {
    allowedUses,
    serialNumber: randomBytes(16).toString("hex"),
    notBefore,
    notAfter,
    isCa,
    maxPathLength: undefined,
    setSubjectKeyId: true,
  };
}

/** The texts of a certificate and its key, made unless both are there. The certificate is written last: with it, the pair is whole. */
async function provide(paths: CertificateFiles, make: (key: string) => Promise<string>): Promise<CertificateFiles> {
  if (!existsSync(paths.certificate)) {
    await mkdir(join(paths.key, ".."), { recursive: true, mode: 0o700 });
    const key = newKeyPair("ECDSA", "P256", 0).privateKeyPem;
    await writeFile(paths.key, key, { mode: 0o600 });
    await writeFile(`${paths.certificate}.new`, await make(key));
    await rename(`${paths.certificate}.new`, paths.certificate);
  }
  return { certificate: await readFile(paths.certificate, "utf8"), key: await readFile(paths.key, "utf8") };
}
