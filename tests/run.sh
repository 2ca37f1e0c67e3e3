#!/bin/sh
# Runs the tests: sh tests/run.sh unit|lab|scale|all
#   unit  compiler, linters, the example site's own tests, and everything that needs no machine (under a minute)
#   lab   the whole thing on a local lab, from outside (npm run lab starts it, the tests go on from there)
#   scale the same with three servers behind the edge, on a lab of its own; options go to jest
#   all   known faults of the packages, unit, then lab, and of scale what needs no other settings (serving.test.ts)
# HOMEPORT_TEST_RESULTS: directory for the results as files (jest's JSON; `checks`: name, result and seconds of everything else).
# shellcheck disable=SC2317  # checks are called by name
set -u
cd "$(dirname "$0")/.." || exit 1

usage() {
  echo "usage: sh tests/run.sh unit|lab|scale|all" >&2
  exit 2
}

[ $# -eq 1 ] || [ "${1-}" = scale ] || usage
case $1 in unit | lab | scale | all) ;; *) usage ;; esac

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM HUP
RESULTS=${HOMEPORT_TEST_RESULTS:-$WORK}
CACHE=${HOMEPORT_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/homeport-lab}
# A unit test takes far less; a busy machine is no fault of the test. Milliseconds.
UNIT_TIMEOUT=30000
mkdir -p "$RESULTS" "$CACHE"
: >>"$RESULTS/checks"

# --- what the tests need -------------------------------------------------------------------------------------------------------------

# Debian packages that some checks need. Without root those checks are skipped, and say so.
install() {
  [ $# -gt 0 ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
  echo "tests: apt-get install $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
    >"$WORK/apt.log" 2>&1 || tail -n 5 "$WORK/apt.log"
}

unit_packages() {
  set --
  command -v shellcheck >/dev/null 2>&1 || set -- "$@" shellcheck
  PATH=$PATH:/usr/sbin command -v nft >/dev/null 2>&1 || set -- "$@" nftables
  install "$@"
}

# A browser; 40 s on a machine that has nothing of it.
lab_packages() {
  set --
  command -v chromium >/dev/null 2>&1 || set -- "$@" chromium
  command -v certutil >/dev/null 2>&1 || set -- "$@" libnss3-tools
  install "$@"
}

# --- checks --------------------------------------------------------------------------------------------------------------------------

fail() {
  echo "tests: $*" >&2
  exit 1
}

now() { date +%s; }

# One check: quiet when it passes, else everything it wrote. Exit code 77: skipped, and the last line says why.
check() {
  name=$1
  shift
  begun=$(now)
  "$@" >"$WORK/$name.log" 2>&1
  code=$?
  seconds=$(($(now) - begun))
  case $code in
    0) result=passed && echo "passed   $name (${seconds} s)" ;;
    77) result=skipped && echo "skipped  $name: $(tail -n 1 "$WORK/$name.log")" ;;
    *) result=failed && cat "$WORK/$name.log" && echo "FAILED   $name (${seconds} s)" ;;
  esac
  echo "$name $result $seconds" >>"$RESULTS/checks"
}

skip() {
  echo "$*"
  exit 77
}

# What the program sends in parts is checked by jest, as a whole.
shell_scripts() {
  command -v shellcheck >/dev/null 2>&1 || skip "there is no shellcheck: install the package shellcheck"
  find . \( -name node_modules -o -name .lab -o -name .git -o -path ./components/machine/scripts -o -path ./lab/hosts/scripts \) -prune -o \
    \( -name '*.sh' -o -path ./.ci/run \) -type f -print0 | xargs -0 shellcheck || return 1
  for script in acme dns router; do
    cat lab/hosts/scripts/common.sh "lab/hosts/scripts/$script.sh" | shellcheck --shell=sh --exclude=SC2154 - || return 1
  done
}

# The example site's own tests, in an environment that is kept for its requirements.
django() {
  command -v python3 >/dev/null 2>&1 || skip "there is no python3: install the packages python3 and python3-venv"
  environment=$CACHE/django-$(cksum <app/requirements.txt | cut -d' ' -f1)-$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ ! -d "$environment" ]; then
    new=$environment.$$
    python3 -m venv "$new" >"$WORK/venv.log" 2>&1 || {
      rm -rf "$new"
      skip "python3 -m venv does not work here (install the package python3-venv): $(tail -n 1 "$WORK/venv.log")"
    }
    "$new/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r app/requirements.txt || {
      rm -rf "$new"
      return 1
    }
    mv "$new" "$environment" 2>/dev/null || rm -rf "$new"
  fi
  cd app && PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" manage.py test
}

# Everything that is done while jest has what is left of both processors.
static_checks() {
  check types-and-lint node_modules/.bin/oxlint
  check prettier node_modules/.bin/prettier --check .
  check shellcheck shell_scripts
  check django django
}

# Known faults of the packages; only as a part of `all`, because the answer changes without the checkout.
PIP_AUDIT=2.10.1
pip_audit() {
  command -v python3 >/dev/null 2>&1 || skip "there is no python3: install the packages python3 and python3-venv"
  python3 -m venv "$WORK/audit" >"$WORK/venv.log" 2>&1 || skip "python3 -m venv does not work here: $(tail -n 1 "$WORK/venv.log")"
  "$WORK/audit/bin/python" -m pip install --quiet --disable-pip-version-check "pip-audit==$PIP_AUDIT" || skip "pip-audit cannot be installed"
  node tests/audit.mjs pip "$WORK/audit/bin/pip-audit"
}

audits() {
  check npm-audit node tests/audit.mjs npm
  check pip-audit pip_audit
}

# jest_projects NAME PROJECTS [OPTIONS]: the results are those of NAME, the projects a list in one word.
jest_projects() {
  name=$1
  projects=$2
  shift 2
  begun=$(now)
  # shellcheck disable=SC2086  # a list
  node_modules/.bin/jest --selectProjects $projects --json --outputFile="$RESULTS/jest-$name.json" "$@"
  code=$?
  echo "jest-$name ran $(($(now) - begun))" >>"$RESULTS/checks"
  return $code
}

unit() {
  unit_packages
  static_checks >"$WORK/static.out" &
  static=$!
  jest_projects unit "unit stand-ins" --maxWorkers=2 --testTimeout="$UNIT_TIMEOUT"
  code=$?
  wait "$static"
  cat "$WORK/static.out"
  return $code
}

lab() {
  lab_packages
  jest_projects lab lab --runInBand
}

scale() {
  HOMEPORT_LAB_TOPOLOGY=scale jest_projects scale scale --runInBand "$@"
}

# --- the run -------------------------------------------------------------------------------------------------------------------------

begun=$(now)
status=0
. lab/node.sh
provide_node tests
case $1 in
  unit) unit || status=1 ;;
  lab) lab || status=1 ;;
  scale)
    shift
    scale "$@" || status=1
    set -- scale
    ;;
  all)
    audits
    unit || status=1
    lab || status=1
    scale serving || status=1
    ;;
esac
if grep -q ' failed ' "$RESULTS/checks"; then status=1; fi
[ $status -eq 0 ] && outcome=passed || outcome=failed
echo "tests: $1 $outcome in $(($(now) - begun)) s"
exit $status
