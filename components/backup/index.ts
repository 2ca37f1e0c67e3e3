/** Backups of a site's data, each proven by what it gives back. */
export { Backups } from "./backups";
