import * as pulumi from "@pulumi/pulumi";

/** The names of a stack: for people, for machines and for what it creates there. */
export interface StackNames {
  /** The stack's own name, such as `dev`. */
  readonly stack: string;
  /** The stack as the owner of bundles and containers, `project/stack`. */
  readonly owner: string;
  /** The application's name on its servers, `project-stack`. */
  readonly name: string;
}

/** The names of the stack that runs. */
export function stackNames(): StackNames {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  return { stack, owner: `${project}/${stack}`, name: `${project}-${stack}` };
}
