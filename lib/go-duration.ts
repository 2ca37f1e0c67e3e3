/**
 * A time as Go's time.Duration prints it. The Docker provider reads health checks back in this form: 90 s written as "90s" comes back as "1m30s",
 * and changes at every `up`.
 */
export function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
