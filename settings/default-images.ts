/** This file, whose pins `npm run images` renews. */
export const VERSIONS_FILE = __filename;

/**
 * Images that are used unless the settings name others: the tag is for the reader, and a digest behind it (`name:tag@sha256:...`) is what is
 * used. `npm run images` looks the digests up and writes them here; a tag that moves later changes nothing until then.
 * Traefik: 3.7.12 is the floor (`aliasHeadersStrategy`). Python: the newest series that Django 5.2 supports.
 * PostgreSQL: 17 is supported until November 2029 (postgresql.org/support/versioning); the image of Debian 12 is made for arm/v7, too. A newer major
 * version does not read the volume of an older one.
 */
export const VERSIONS = {
  traefik: "traefik:v3.7.13",
  python: "python:3.13-slim-bookworm",
  postgres: "postgres:17-bookworm",
} as const;
