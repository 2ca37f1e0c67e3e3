import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * Lives and early renewals, hours. Only `pulumi up` renews, and nobody has to run it: a certificate has two years left or more after each `up`, which is
 * the time that a site can be left alone. Nobody but our own programs trusts these certificates, so their length costs no visitor anything; what
 * ends a stolen key is a new authority (docs/scale-out.md), not the calendar.
 */
const LEAF = { validityPeriodHours: 5 * 8760, earlyRenewalHours: 2 * 8760 };

/** Renewed when less is left than a certificate lives, so that none outlives the authority that signed it. */
const AUTHORITY = { validityPeriodHours: 20 * 8760, earlyRenewalHours: 6 * 8760 };

/** ECDSA P256: small and fast on a Raspberry Pi, and every TLS library of ours has it. */
const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/** What a certificate is for. */
export interface CertificateArgs {
  /** Names that a server answers to; a client needs none. */
  readonly dnsNames: readonly string[];
  /** Which end of a connection shows it: it is refused at the other end. */
  readonly uses: "server" | "client";
}

/** A certificate of the internal authority. */
export interface IssuedCertificate {
  /** PEM, secret. */
  readonly key: pulumi.Output<string>;
  /** PEM, without the authority's. */
  readonly certificate: pulumi.Output<string>;
}

/**
 * The stack's own certificate authority, for connections between its machines and containers: visitors never see it. Its key is in the
 * encrypted state and on no host. A new one: `pulumi up --replace` of its key; every certificate follows in the same run.
 */
export class InternalAuthority extends pulumi.ComponentResource {
  /** PEM: what both ends trust. */
  public readonly certificate: pulumi.Output<string>;
  private readonly key: pulumi.Output<string>;
  private readonly name: string;

  public constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:InternalAuthority", name, {}, opts);
    this.name = name;
    this.key = privateKey(`${name}-key`, this);
    this.certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: this.key,
        subject: { commonName: "Homeport internal authority" },
        isCaCertificate: true,
        // It signs servers and clients, and no further authority.
        maxPathLength: 0,
        // Python 3.13 and later believe no authority without (ssl.VERIFY_X509_STRICT).
        setSubjectKeyId: true,
        allowedUses: ["cert_signing"],
        ...AUTHORITY,
      },
      { parent: this },
    ).certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /** A new key and its certificate; `name` is unique in the stack and stands in the certificate as its holder. */
  public issue(name: string, { dnsNames, uses }: CertificateArgs): IssuedCertificate {
    const own = `${this.name}-${name}`;
    const key = privateKey(`${own}-key`, this);
    const request = new tls.CertRequest(
      `${own}-request`,
      { privateKeyPem: key, subject: { commonName: name }, dnsNames: [...dnsNames] },
      { parent: this },
    );
    const signed = new tls.LocallySignedCert(
      `${own}-certificate`,
      {
        caPrivateKeyPem: this.key,
        caCertPem: this.certificate,
        certRequestPem: request.certRequestPem,
        allowedUses: ["digital_signature", uses === "server" ? "server_auth" : "client_auth"],
        ...LEAF,
      },
      { parent: this },
    );
    return { key, certificate: signed.certPem };
  }
}

function privateKey(name: string, parent: pulumi.Resource): pulumi.Output<string> {
  return pulumi.secret(new tls.PrivateKey(name, KEY, { parent }).privateKeyPem);
}
