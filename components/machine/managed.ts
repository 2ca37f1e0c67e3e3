/**
 * First line of every file that Homeport writes on a host. `source` names its renderer, and keeps its original name: changing the first line of a file that
 * a container reads at start would replace the container.
 */
export function managed(source: string, comment = "#"): string {
  return `${comment} Managed by Homeport (components/${source}); edits are found by 'pulumi preview' and overwritten by 'pulumi up'.\n`;
}
