import type { DiffKind, DiffRequest, DiffResult } from "../support/resource";
import type { PropertyMap } from "../support/values";
import { plainMap } from "../support/values";
import { wasDefault } from "./check";
import { DetailedDiff } from "./detailed-diff";
import { plan } from "./plan";
import { requiresNew } from "./requires-new";
import type { ResourceSchema } from "./schema";

/** What an `up` would change, in the terms of the real provider's bridge. */
export function diff(schema: ResourceSchema, request: DiffRequest): DiffResult {
  const olds = plainMap(request.olds);
  const news = plainMap(request.news);
  const planned = plan(schema, news, olds);
  const replace = requiresNew(schema, olds, planned);
  const detailedDiff = kindsFor(new DetailedDiff(schema, news).of(olds, planned), replace);
  const paths = Object.keys(detailedDiff);
  if (paths.length === 0) return { changes: "none", detailedDiff };
  const replaces = names(paths.filter((path) => detailedDiff[path]?.endsWith("-replace") === true));
  return {
    changes: "some",
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (schema.deleteBeforeReplace === true || isNamedByProgram(news)),
    diffs: names(paths),
    detailedDiff,
  };
}

/** Two resources cannot have one name at a time, so a name that the program gave is free only after a delete. */
function isNamedByProgram(news: PropertyMap): boolean {
  return "name" in news && !wasDefault(news, "name");
}

/** Terraform's own decision stands above the bridge's: some changes of a replacing property are updates (mounts), and the other way round. */
function kindsFor(found: Readonly<Record<string, DiffKind>>, replace: boolean): Record<string, DiffKind> {
  const entries = Object.entries(found);
  if (!replace) return Object.fromEntries(entries.map(([path, kind]) => [path, withoutReplace(kind)]));
  const replaced = entries.some(([, kind]) => kind.endsWith("-replace"));
  return replaced ? { ...found } : { ...found, __meta: "update-replace" };
}

function withoutReplace(kind: DiffKind): DiffKind {
  if (kind === "add-replace") return "add";
  if (kind === "delete-replace") return "delete";
  return kind === "update-replace" ? "update" : kind;
}

function names(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.replace(/[.[].*$/, "")))].sort();
}
