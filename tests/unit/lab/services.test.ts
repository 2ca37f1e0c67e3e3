import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { provideServiceCertificates, serviceCaFile, serviceFiles } from "../../../lab/services/authority";
import { SERVICE_DOMAINS, SERVICE_NAMES } from "../../../lab/services/service";

describe("the certificates of the services", () => {
  const instance = { directory: "" };
  beforeEach(async () => {
    instance.directory = await mkdtemp(join(tmpdir(), "homeport-services-"));
  });
  afterEach(() => rm(instance.directory, { recursive: true }));

  const read = async (path: string): Promise<X509Certificate> => new X509Certificate(await readFile(path, "utf8"));

  it("are for each one's name, by one authority, and their keys are the owner's alone", async () => {
    await provideServiceCertificates(instance, SERVICE_NAMES);
    const authority = await read(serviceCaFile(instance));
    expect(authority.ca).toBe(true);
    for (const name of SERVICE_NAMES) {
      const files = serviceFiles(instance, name);
      const certificate = await read(files.certificate);
      expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.checkHost(SERVICE_DOMAINS[name])).toBe(SERVICE_DOMAINS[name]);
      expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
      expect((await stat(files.key)).mode & 0o777).toBe(0o600);
    }
  });

  it("stay, and a service that comes later has the same authority", async () => {
    await provideServiceCertificates(instance, ["db"]);
    const before = await readFile(serviceFiles(instance, "db").certificate, "utf8");
    await provideServiceCertificates(instance, SERVICE_NAMES);
    expect(await readFile(serviceFiles(instance, "db").certificate, "utf8")).toBe(before);
    const [authority, later] = [
      await read(serviceCaFile(instance)),
      await read(serviceFiles(instance, "s3").certificate),
    ];
    expect(later.verify(authority.publicKey)).toBe(true);
  });

  it("are none where a topology has no services", async () => {
    await provideServiceCertificates(instance, []);
    await expect(stat(serviceCaFile(instance))).rejects.toThrow(/ENOENT/);
  });
});
