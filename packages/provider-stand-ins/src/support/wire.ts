import type { CheckFailure as CheckFailureMessage } from "@pulumi/pulumi/proto/provider_pb";
import { CheckFailure, CheckResponse, DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { CheckResult, DiffKind, DiffResult } from "./resource";
import type { PropertyMap, PropertyValue } from "./values";

const { DiffChanges } = DiffResponse;
const { Kind } = PropertyDiff;

const CHANGES: Readonly<Record<DiffResult["changes"], DiffResponse.DiffChanges>> = {
  none: DiffChanges.DIFF_NONE,
  some: DiffChanges.DIFF_SOME,
  unknown: DiffChanges.DIFF_UNKNOWN,
};

const KINDS: Readonly<Record<DiffKind, PropertyDiff.Kind>> = {
  add: Kind.ADD,
  "add-replace": Kind.ADD_REPLACE,
  delete: Kind.DELETE,
  "delete-replace": Kind.DELETE_REPLACE,
  update: Kind.UPDATE,
  "update-replace": Kind.UPDATE_REPLACE,
};

/** The properties in a message; none where the message has none. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  return struct?.toJavaScript() ?? {};
}

/** Properties as a message. */
export function toStruct(values: PropertyMap): Struct {
  return Struct.fromJavaScript(values);
}

/** Check failures as messages. */
export function failuresToMessages(failures: CheckResult["failures"]): CheckFailureMessage[] {
  return (failures ?? []).map(({ property, reason }) => {
    const message = new CheckFailure();
    message.setProperty(property);
    message.setReason(reason);
    return message;
  });
}

/** The answer of `check` as a message. */
export function checkToMessage(result: CheckResult): CheckResponse {
  const message = new CheckResponse();
  message.setInputs(toStruct(result.inputs));
  message.setFailuresList(failuresToMessages(result.failures));
  return message;
}

/** The answer of `diff` as a message. */
export function diffToMessage(result: DiffResult): DiffResponse {
  const message = new DiffResponse();
  message.setChanges(CHANGES[result.changes]);
  message.setReplacesList([...(result.replaces ?? [])]);
  message.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  message.setDiffsList([...(result.diffs ?? [])]);
  for (const [path, kind] of Object.entries(result.detailedDiff ?? {})) {
    const change = new PropertyDiff();
    change.setKind(KINDS[kind]);
    message.getDetaileddiffMap().set(path, change);
  }
  message.setHasdetaileddiff(result.detailedDiff !== undefined);
  return message;
}

/** A provider's own inputs travel as strings of JSON; anything that is not JSON is a plain string. */
export function decodeConfig(config: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, decodeConfigValue(value)]));
}

function decodeConfigValue(value: PropertyValue): PropertyValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as PropertyValue;
  } catch {
    return value;
  }
}
