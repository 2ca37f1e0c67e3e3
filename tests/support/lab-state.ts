import { LabStack } from "./lab-stack";

/** A resource as the state has it. */
export interface StateResource {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The mark of a secret value in Pulumi's state (sdk/go/common/resource, SigKey and SecretSig). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The stack's resources with their secrets readable, still marked as such. */
export async function stateResources(stack: LabStack): Promise<StateResource[]> {
  const { deployment } = (await stack.known("export", () => stack.exportWithSecrets())) as {
    deployment: { resources: readonly Partial<StateResource>[] };
  };
  return deployment.resources.map(({ urn = "", type = "", inputs = {}, outputs = {} }) => ({
    urn,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    type,
    inputs,
    outputs,
  }));
}

/** The texts in all secret values inside a value. */
export function secretTexts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (SIGNATURE in value) {
    const { plaintext } = value as { plaintext?: string };
    return plaintext === undefined ? [] : texts(JSON.parse(plaintext));
  }
  return Object.values(value).flatMap(secretTexts);
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
