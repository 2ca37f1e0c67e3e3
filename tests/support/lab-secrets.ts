import { Lab } from "./lab";
import { secretTexts, stateResources } from "./lab-state";

/** Shorter texts are found by chance. Characters. */
const SHORTEST = 16;

/**
 * The line of a key in PEM that holds the private number, from 0 after the heading: the first, or in OpenSSH's own form (PROTOCOL.key) the fourth,
 * after the public key. The lines behind it are public again.
 */
const PRIVATE_LINE = { pem: 0, openssh: 3 };

/** Every generated secret and the operator's key, a line each. */
export async function secrets({ stack }: Lab): Promise<string[]> {
  const resources = await stateResources(stack);
  const generated = resources
    .filter(({ type }) => type.startsWith("random:") || type.startsWith("tls:"))
    .flatMap(({ outputs }) => secretTexts(outputs));
  // A connection is secret as a whole, and the host's address in it is none.
  const connections = resources.flatMap(({ inputs }) => secretTexts(inputs["connection"]));
  const operator = connections.filter((text) => text.includes("PRIVATE KEY"));
  if (generated.length === 0 || operator.length === 0)
    throw new Error(
      `the state has ${generated.length} generated secrets and ${operator.length} keys of the operator; expected some of both`,
    );
  const all = [...generated, ...operator, stack.env["CLOUDFLARE_API_TOKEN"] ?? ""].map(privateLine);
  return [...new Set(all.filter((line) => line.length >= SHORTEST))];
}

function privateLine(text: string): string {
  const [heading = "", ...body] = text.split("\n");
  if (!heading.startsWith("-----BEGIN")) return heading;
  return body[heading.includes("OPENSSH") ? PRIVATE_LINE.openssh : PRIVATE_LINE.pem] ?? "";
}
