/**
 * Images that are used unless the settings name others.
 * Traefik: 3.7.12 is the floor (`aliasHeadersStrategy`). Python: the newest series that Django 5.2 supports.
 */
export const VERSIONS = {
  traefik: "traefik:v3.7.13",
  python: "python:3.13-slim-bookworm",
} as const;
