import * as pulumi from "@pulumi/pulumi";

import { sha256 } from "../../lib/sha256";

/** The names of a stack: for people, for machines and for what it creates there. */
export interface StackNames {
  /** The stack's own name, such as `dev`. */
  readonly stack: string;
  /** The stack as the owner of bundles and containers, `project/stack`. */
  readonly owner: string;
  /** The application's name on its servers, `project-stack` as `siteName` has it. */
  readonly name: string;
}

/** The names of the stack that runs. */
export function stackNames(): StackNames {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  return { stack, owner: `${project}/${stack}`, name: siteName(project, stack) };
}

/** Characters of a name: with what comes behind it, such as `-postgres`, it has to be a label of the DNS, which takes 63 (RFC 1035, section 2.3.4). */
const LENGTH = 40;

/** Of the digest that keeps two long or unusual names apart. */
const DIGEST = 6;

/**
 * The name of a site on machines: of images, containers, volumes, units, paths and hosts, so it has lower-case letters, digits and single hyphens only. Pulumi takes
 * capitals, dots, underscores and 100 characters for each part; a name that had to be changed or cut gets a digest of the whole.
 */
export function siteName(project: string, stack: string): string {
  const whole = `${project}-${stack}`;
  const plain = whole
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (plain === whole && plain.length <= LENGTH) return plain;
  const head = plain.slice(0, LENGTH - DIGEST - 1).replace(/-$/, "");
  return [head, sha256(whole).slice(0, DIGEST)].filter((part) => part !== "").join("-");
}
