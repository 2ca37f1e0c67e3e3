import * as pulumi from "@pulumi/pulumi";

/** Whether an output is secret, and its text. */
export async function isSecretOf(output: pulumi.Output<string>): Promise<[boolean, string]> {
  const value = await new Promise<string>((resolve) => void output.apply(resolve));
  return [await pulumi.isSecret(output), value];
}
