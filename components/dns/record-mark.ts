/** Characters of a comment at Cloudflare in the plan that allows fewest. */
const COMMENT_LENGTH = 100;

/** The comment of records from before comments named the stack. */
export const OLD_MARK = "Managed by Homeport";

/** The comment by which a stack knows its records; `owner` is `project/stack`. */
export function recordMark(owner: string): string {
  return `${OLD_MARK} (${owner})`.slice(0, COMMENT_LENGTH);
}

/** A record as messages show it: `A www.example.org 198.51.100.10`. */
export function recordLine({
  type,
  name,
  content,
}: {
  readonly type: string;
  readonly name: string;
  readonly content: string;
}): string {
  return `${type} ${name} ${content}`;
}
