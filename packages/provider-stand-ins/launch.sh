#!/bin/sh
# Starts one stand-in in place of this shell: sh launch.sh NAME [ENGINE_ADDRESS]
# A single process, so that the engine's signals reach it (the `tsx` command itself would put a parent in between).
set -eu
package=$(cd "$(dirname "$0")" && pwd)
name=$1
shift
exec node --require "$package/../../node_modules/tsx/dist/cjs/index.cjs" "$package/src/$name/main.ts" "$@"
