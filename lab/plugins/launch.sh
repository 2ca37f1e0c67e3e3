#!/bin/sh
# Starts one stand-in in place of this shell: sh lab/plugins/launch.sh NAME [ENGINE_ADDRESS]
# A single process, so that the engine's signals reach it (the `tsx` command itself would put a parent in between).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
name=$1
shift
exec node --require "$root/node_modules/tsx/dist/cjs/index.cjs" "$root/lab/plugins/$name/main.ts" "$@"
