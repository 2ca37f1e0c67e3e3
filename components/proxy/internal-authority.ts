import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/**
 * Lifetime and early renewal, hours. Only `pulumi up` renews: after each `up` a certificate is valid for two more years or longer, so a site can be left
 * alone that long. Only our own programs trust these certificates, so a long lifetime costs visitors nothing; against a stolen key, create a new authority
 * (docs/scale-out.md).
 */
const LEAF = { validityPeriodHours: 5 * 8760, earlyRenewalHours: 2 * 8760 };

/** Renewed while it still outlives any certificate that it signs. */
const AUTHORITY = { validityPeriodHours: 20 * 8760, earlyRenewalHours: 6 * 8760 };

/** ECDSA P256: small, fast on a Raspberry Pi, and supported by all our TLS libraries. */
const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/** The purpose of a certificate. */
export interface CertificateArgs {
  /** Names of a server; a client needs none. */
  readonly dnsNames: readonly string[];
  /** The end of the connection that may present it. */
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
 * The stack's own certificate authority, for connections between its machines and containers; visitors never see it. Its key is in the encrypted state and
 * on no host. To rotate it, run `pulumi up --replace` for its key; all certificates follow in the same run.
 */
export class InternalAuthority extends pulumi.ComponentResource {
  /** PEM; both ends trust it. */
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
        // It signs servers and clients, but no further authority.
        maxPathLength: 0,
        // Python 3.13 and later reject an authority without it (ssl.VERIFY_X509_STRICT).
        setSubjectKeyId: true,
        allowedUses: ["cert_signing"],
        ...AUTHORITY,
      },
      { parent: this },
    ).certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /** Issues a new key and its certificate; `name` is unique in the stack and is the certificate's common name. */
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
