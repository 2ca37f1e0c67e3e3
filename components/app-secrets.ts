import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Django wants 50 characters or more (check security.W009). */
const DJANGO_KEY_LENGTH = 64;

/** Letters and digits: 24 of them are 142 bits, and can be typed. */
const ADMIN_PASSWORD_LENGTH = 24;

/** The secrets of one application, generated once and kept in the encrypted state. */
export class AppSecrets extends pulumi.ComponentResource {
  public readonly djangoKey: pulumi.Output<string>;
  public readonly adminPassword: pulumi.Output<string>;

  public constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:AppSecrets", name, {}, opts);
    this.djangoKey = pulumi.secret(
      new random.RandomPassword(`${name}-django-key`, { length: DJANGO_KEY_LENGTH, special: false }, { parent: this })
        .result,
    );
    this.adminPassword = pulumi.secret(
      new random.RandomPassword(
        `${name}-admin-password`,
        { length: ADMIN_PASSWORD_LENGTH, special: false },
        { parent: this },
      ).result,
    );
    this.registerOutputs();
  }
}
