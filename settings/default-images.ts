/** This file, whose pins `npm run images` renews. */
export const VERSIONS_FILE = __filename;

/**
 * Default images. The tag is for the reader; a digest behind it (`name:tag@sha256:...`) is what is pulled. `npm run images` writes the digests here;
 * a tag that moves later changes nothing until the next run.
 * Traefik: 3.7.12 is the floor (`aliasHeadersStrategy`). Python: the newest series that Django 5.2 supports.
 * PostgreSQL: 17 is supported until November 2029 (postgresql.org/support/versioning); its Debian 12 image supports arm/v7. A newer major
 * version cannot read an older one's volume. Redis: 7.4, whose image supports arm/v7.
 */
export const VERSIONS = {
  traefik: "traefik:v3.7.13",
  python: "python:3.13-slim-bookworm",
  postgres: "postgres:17-bookworm",
  redis: "redis:7.4-bookworm",
} as const;
