/** First line of every file that Homeport writes on a host. */
export function managed(source: string, comment = "#"): string {
  return `${comment} Managed by Homeport (components/${source}); edits are found by 'pulumi preview' and overwritten by 'pulumi up'.\n`;
}
