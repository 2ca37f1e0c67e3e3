import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Letters and digits, so that it needs no quoting anywhere. Any other `rotation` makes another one; undefined: it never changes. */
export function generatedPassword(
  name: string,
  length: number,
  rotation: string | undefined,
  parent: pulumi.Resource,
): random.RandomPassword {
  const keepers = rotation === undefined ? {} : { keepers: { rotation } };
  return new random.RandomPassword(name, { length, special: false, ...keepers }, { parent });
}
