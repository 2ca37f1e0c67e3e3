/**
 * Images that are used unless the settings name others.
 * Traefik: 3.7.12 is the floor (`aliasHeadersStrategy`). Python: the newest series that Django 5.2 supports.
 * PostgreSQL: 17 is supported until November 2029 (postgresql.org/support/versioning); the image of Debian 12 is made for arm/v7, too. A newer major
 * version does not read the volume of an older one.
 */
export const VERSIONS = {
  traefik: "traefik:v3.7.13",
  python: "python:3.13-slim-bookworm",
  postgres: "postgres:17-bookworm",
} as const;
