import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { UserError } from "../lib/errors";

/** The values as the schema gives them; throws one UserError that names every fault by its path. */
export function checked<T>(by: z.ZodType<T>, values: Readonly<Record<string, unknown>>): T {
  const result = by.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  // One line a path: zod goes on with the rules after a wrong type.
  const faults = result.error.issues
    .filter((issue, index, all) => all.findIndex((one) => one.path.join("/") === issue.path.join("/")) === index)
    .flatMap(describeIssue)
    .sort();
  throw new UserError(
    `the configuration of stack ${pulumi.getStack()} has ${faults.length} fault(s):\n${faults.map((one) => `  ${one}\n`).join("")}${otherProject()}`,
  );
}

/** The project's name as it comes, under which the settings stand in every example. */
const AS_IT_COMES = "homeport";

/** What is said of settings that are not read because the project has another name; empty where there are none. */
function otherProject(): string {
  const project = pulumi.getProject();
  const unread = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(`${AS_IT_COMES}:`));
  if (project === AS_IT_COMES || unread.length === 0) return "";
  const [file, name] = [`Pulumi.${pulumi.getStack()}.yaml`, unread[0]?.slice(AS_IT_COMES.length + 1) ?? ""];
  return (
    `${unread.length} setting(s) in ${file} are not read: they are under '${AS_IT_COMES}:', and the project is called ${project} (Pulumi.yaml). ` +
    `Write '${project}:${name}' for '${AS_IT_COMES}:${name}' there, and the others likewise; or call the project ${AS_IT_COMES}\n`
  );
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.map(String).join("/");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `${[at, key].filter(Boolean).join("/")}: there is no such setting (see Pulumi.yaml)`,
    );
  }
  if (issue.code === "invalid_key") return issue.issues.map((one) => `${at}: ${one.message}`);
  const missing = issue.code === "invalid_type" && issue.input === undefined;
  return [`${at}: ${missing ? "is required" : issue.message}`];
}
