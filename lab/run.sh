#!/bin/sh
# Starts a command of the lab: sh lab/run.sh up|down|status|shell [options]. Brings Node.js and the npm packages first, because the rest is TypeScript.
set -eu
cd "$(dirname "$0")/.."

. lab/node.sh
provide_node lab

exec node_modules/.bin/tsx lab/main.ts "$@"
