/**
 * First line of every file that Homeport writes on a host. `source` names its renderer, and keeps the name that it had when the file was first written:
 * a changed first line of a file that a container reads at its start would replace that container.
 */
export function managed(source: string, comment = "#"): string {
  return `${comment} Managed by Homeport (components/${source}); edits are found by 'pulumi preview' and overwritten by 'pulumi up'.\n`;
}
