import * as pulumi from "@pulumi/pulumi";

import { generatedPassword } from "../../lib/generated-password";

/** Django wants 50 characters or more (check security.W009). */
const DJANGO_KEY_LENGTH = 64;

/** Letters and digits: 24 of them are 142 bits, and can be typed. */
const ADMIN_PASSWORD_LENGTH = 24;

export interface AppSecretsArgs {
  /** For each secret a text of your choice: changing it rotates the secret. Default: the secret stays as it was generated. */
  readonly rotate: { readonly djangoKey?: string | undefined; readonly adminPassword?: string | undefined };
}

/** The secrets of one application, generated once and kept in the encrypted state. */
export class AppSecrets extends pulumi.ComponentResource {
  public readonly djangoKey: pulumi.Output<string>;
  public readonly adminPassword: pulumi.Output<string>;
  /** bcrypt's hash of it, as stable as the password. */
  public readonly adminPasswordHash: pulumi.Output<string>;

  public constructor(name: string, { rotate }: AppSecretsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("homeport:index:AppSecrets", name, {}, opts);
    const djangoKey = generatedPassword(`${name}-django-key`, DJANGO_KEY_LENGTH, rotate.djangoKey, this);
    const admin = generatedPassword(`${name}-admin-password`, ADMIN_PASSWORD_LENGTH, rotate.adminPassword, this);
    this.djangoKey = pulumi.secret(djangoKey.result);
    this.adminPassword = pulumi.secret(admin.result);
    this.adminPasswordHash = pulumi.secret(admin.bcryptHash);
    this.registerOutputs();
  }
}
