import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { UserError } from "../lib/errors";

/** Parses the values; throws one UserError that lists every fault by its path. */
export function checked<T>(by: z.ZodType<T>, values: Readonly<Record<string, unknown>>): T {
  const result = by.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  const faults = describe(result.error.issues).sort();
  throw new UserError(
    `the configuration of stack ${pulumi.getStack()} has ${faults.length} fault(s):\n${faults.map((one) => `  ${one}\n`).join("")}${otherProject()}`,
  );
}

/** The default project name, the prefix of the settings in every example. */
const DEFAULT_PROJECT = "homeport";

/** The hint for settings that are ignored because the project was renamed; empty if there are none. */
function otherProject(): string {
  const project = pulumi.getProject();
  const unread = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(`${DEFAULT_PROJECT}:`));
  if (project === DEFAULT_PROJECT || unread.length === 0) return "";
  const [file, name] = [`Pulumi.${pulumi.getStack()}.yaml`, unread[0]?.slice(DEFAULT_PROJECT.length + 1) ?? ""];
  return (
    `${unread.length} setting(s) in ${file} are ignored: they are under '${DEFAULT_PROJECT}:', but the project is named ${project} (Pulumi.yaml). ` +
    `Write '${project}:${name}' instead of '${DEFAULT_PROJECT}:${name}' there, and likewise the others; or call the project ${DEFAULT_PROJECT}\n`
  );
}

// One line a path: zod checks further rules after a wrong type.
function describe(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues
    .filter((issue, index, all) => all.findIndex((one) => one.path.join("/") === issue.path.join("/")) === index)
    .flatMap(describeIssue);
}

/** What zod says of a value that fits no kind of several, unless the schema has words of its own. */
const NO_KIND = "Invalid input";

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.map(String).join("/");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${[at, key].filter(Boolean).join("/")}: unknown setting (see Pulumi.yaml)`);
  }
  if (issue.code === "invalid_key") return issue.issues.map((one) => `${at}: ${one.message}`);
  if (issue.code === "invalid_union" && issue.message === NO_KIND) {
    // Of the kind that the value has: what is wrong with it.
    const own = issue.errors.find(
      (kind) => !kind.some(({ code, path }) => code === "invalid_type" && path.length === 0),
    );
    if (own !== undefined) return describe(own.map((one) => ({ ...one, path: [...issue.path, ...one.path] })));
  }
  const missing = (issue.code === "invalid_type" || issue.code === "invalid_union") && issue.input === undefined;
  return [`${at}: ${missing ? "is required" : issue.message}`];
}
