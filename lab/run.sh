#!/bin/sh
# Starts a command of the lab: sh lab/run.sh up|down|status|shell [options]. Brings the npm packages first, because the rest is TypeScript.
set -eu
cd "$(dirname "$0")/.."

if ! command -v node >/dev/null 2>&1; then
  echo "lab: needs Node.js 20 or newer, and there is no node on PATH: install it from https://nodejs.org or your distribution, then start again" >&2
  exit 1
fi
major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 20 ]; then
  echo "lab: needs Node.js 20 or newer, and node on PATH is $(node --version): install a newer one from https://nodejs.org, then start again" >&2
  exit 1
fi

if ! node lab/node-modules.mjs; then
  if ! command -v npm >/dev/null 2>&1; then
    echo "lab: node_modules does not match package-lock.json, and there is no npm on PATH to put it right: install npm, then start again" >&2
    exit 1
  fi
  echo "lab: npm ci (node_modules does not match package-lock.json)" >&2
  npm ci --loglevel=error
fi

exec node_modules/.bin/tsx lab/main.ts "$@"
