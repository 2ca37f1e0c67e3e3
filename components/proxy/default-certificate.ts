import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** Ten years, in hours. It proves nothing: whoever gets it asked for a name that is not ours. */
const LIFETIME_HOURS = 87600;

/** The certificate for unknown names. Traefik's own default would reveal the software. */
export class DefaultCertificate extends pulumi.ComponentResource {
  /** PEM. */
  public readonly certificate: pulumi.Output<string>;
  /** PEM, secret. */
  public readonly key: pulumi.Output<string>;

  public constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:DefaultCertificate", name, {}, opts);
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "unknown host" },
        validityPeriodHours: LIFETIME_HOURS,
        allowedUses: ["digital_signature", "server_auth"],
      },
      { parent: this },
    );
    this.key = pulumi.secret(key.privateKeyPem);
    this.certificate = certificate.certPem;
    this.registerOutputs({ certificate: this.certificate });
  }
}
