#!/bin/sh
# Runs the tests: sh tests/run.sh unit|lab|scale|all|release [GROUP...]
#   unit     compiler, linters, the example site's own tests, and everything that needs no machine (about two minutes)
#   lab      a VPS and a Raspberry Pi on a local lab, from outside (npm run lab starts it, the tests go on from there)
#   scale    three servers behind the edge, on a lab of its own
#   all      unit, and of lab and scale the groups for every change
#   release  the groups of lab and scale that a release takes in addition, and deploys that are cut off at random
# Groups are in tests/groups.js; without a name lab and scale run those for every change.
# HOMEPORT_TEST_RESULTS: directory for the results as files (jest's JSON; `checks`: name, result and seconds of everything else).
# shellcheck disable=SC2317  # checks are called by name
set -u
cd "$(dirname "$0")/.." || exit 1

usage() {
  echo "usage: sh tests/run.sh unit|lab|scale|all|release; lab and scale take names of groups" >&2
  exit 2
}

case ${1-} in
  unit | all | release) [ $# -eq 1 ] || usage ;;
  lab | scale) ;;
  *) usage ;;
esac
what=$1
shift

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM HUP
RESULTS=${HOMEPORT_TEST_RESULTS:-$WORK}
CACHE=${HOMEPORT_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/homeport-lab}
# A unit test takes far less; a busy machine is no fault of the test. Milliseconds.
UNIT_TIMEOUT=30000
# Unit tests that need the Docker engine or the Pulumi CLI of the lab: in `all` they run once it is up.
WITH_LAB="docker-engine|half-written"
# By it a group of the lab's knows that the one before was of the same run.
HOMEPORT_TEST_RUN=$$-$(date +%s)
export HOMEPORT_TEST_RUN
# Deploys that a release cuts off.
CHAOS_RUNS=6
mkdir -p "$RESULTS" "$CACHE"
: >>"$RESULTS/checks"

# --- what the tests need -------------------------------------------------------------------------------------------------------------

# install REASON PACKAGE...: Debian packages that some tests need; without them those are skipped, and say so. Only CI and the lab, which sets up a
# machine by design, install on it.
install() {
  reason=$1
  shift
  [ $# -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || { [ "${CI-}" != true ] && [ "$what" = unit ]; } || ! command -v apt-get >/dev/null 2>&1; then
    echo "tests: $reason is skipped, because it needs packages that are not installed here: apt-get install $*"
    return 0
  fi
  echo "tests: apt-get install $* (for $reason)"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
    >"$WORK/apt.log" 2>&1 || tail -n 5 "$WORK/apt.log"
}

unit_packages() {
  set --
  command -v shellcheck >/dev/null 2>&1 || set -- "$@" shellcheck
  PATH=$PATH:/usr/sbin command -v nft >/dev/null 2>&1 || set -- "$@" nftables
  command -v wg-quick >/dev/null 2>&1 || set -- "$@" wireguard-tools
  install "a check of scripts or of firewall rules" "$@"
}

# 40 s on a machine that has nothing of a browser.
browser_packages() {
  set --
  command -v chromium >/dev/null 2>&1 || set -- "$@" chromium
  command -v certutil >/dev/null 2>&1 || set -- "$@" libnss3-tools
  install "the site in a browser" "$@"
}

# --- checks --------------------------------------------------------------------------------------------------------------------------

now() { date +%s; }

# One check: quiet when it passes, else everything it wrote. Exit code 77: skipped, and the last line says why.
check() {
  name=$1 reason=
  shift
  begun=$(now)
  # In a shell of its own, because a check that is skipped exits, and others go to a folder.
  ("$@") >"$WORK/$name.log" 2>&1
  code=$?
  seconds=$(($(now) - begun))
  case $code in
    0) result=passed && echo "passed   $name (${seconds} s)" ;;
    77) result=skipped && reason=$(tail -n 1 "$WORK/$name.log") && echo "skipped  $name: $reason" ;;
    *) result=failed && cat "$WORK/$name.log" && echo "FAILED   $name (${seconds} s)" ;;
  esac
  echo "$name $result $seconds $reason" >>"$RESULTS/checks"
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
  for script in lab/hosts/scripts/*.sh; do
    [ "$script" != lab/hosts/scripts/common.sh ] || continue
    cat lab/hosts/scripts/common.sh "$script" | shellcheck --shell=sh --exclude=SC2154 - || return 1
  done
}

# provide_environment NAME PYTHON REQUIREMENTS: sets `environment` to a virtual environment that is kept for its requirements.
provide_environment() {
  environment=$CACHE/$1-$(cksum <"$3" | cut -d' ' -f1)-$("$2" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  [ ! -d "$environment" ] || return 0
  new=$environment.$$
  "$2" -m venv "$new" >"$WORK/venv.log" 2>&1 || {
    rm -rf "$new"
    skip "$2 -m venv does not work here (install the package python3-venv): $(tail -n 1 "$WORK/venv.log")"
  }
  "$new/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$3" || {
    rm -rf "$new"
    return 1
  }
  mv "$new" "$environment" 2>/dev/null || rm -rf "$new"
}

# The example site's own tests.
django() {
  command -v python3 >/dev/null 2>&1 || skip "there is no python3: install the packages python3 and python3-venv"
  provide_environment django python3 app/requirements.txt || return 1
  cd app && PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" manage.py test
}

# host_program NAME: a program of the machines: what tells of trouble, what saves the data.
host_program() {
  command -v python3 >/dev/null 2>&1 || skip "there is no python3: install the package python3"
  PYTHONDONTWRITEBYTECODE=1 python3 -m unittest discover -s "tests/unit/$1" -p '*_test.py'
}

# A Python of 3.12 or newer, which Django 6 needs: on PATH, or one that pyenv keeps aside.
new_python() {
  for candidate in python3 python3.14 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

# adapter DJANGO [TEST...]: what Homeport puts beside a project, with one version of Django; without names all of its tests.
adapter() {
  command -v python3 >/dev/null 2>&1 || skip "there is no python3: install the packages python3 and python3-venv"
  python=python3
  [ "$1" != 6 ] || python=$(new_python) || skip "Django 6 needs Python 3.12 or newer, and there is none: install the package python3.12"
  provide_environment "adapter-$1" "$python" "adapter/tests/requirements-$1.txt" || return 1
  shift
  cd adapter/tests && PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m unittest "$@"
}

# Everything that is done while jest has what is left of both processors.
static_checks() {
  check types-and-lint node_modules/.bin/oxlint
  check structure node docs/rooms.mjs --check
  check prettier node_modules/.bin/prettier --check .
  check shellcheck shell_scripts
  check django django
  check watch host_program watch
  check backup host_program backup
  check adapter-5.2 adapter 5.2
  # What depends on the version of Django.
  for version in 4.2 6; do
    check "adapter-$version" adapter "$version" test_startproject test_projects.WhiteNoiseTest test_projects.AdminsTest
  done
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
  set --
  [ "$what" = unit ] || set -- --testPathIgnorePatterns="$WITH_LAB"
  jest_projects unit "unit stand-ins" --maxWorkers=2 --testTimeout="$UNIT_TIMEOUT" "$@"
  code=$?
  wait "$static"
  cat "$WORK/static.out"
  return $code
}

# groups PROJECT [GROUP...]
groups() {
  project=$1
  shift
  pattern=$(node tests/groups.js "$project" "$@") || return 1
  case $pattern in *browser*) browser_packages ;; esac
  jest_projects "$project" "$project" --runInBand --testPathPatterns="$pattern"
}

lab() {
  groups lab "$@"
}

scale() {
  HOMEPORT_LAB_TOPOLOGY=scale groups scale "$@"
}

# bring_up single|scale: a lab, before its groups run.
bring_up() {
  begun=$(now) result=passed
  npm run --silent lab -- --topology "$1" || result=failed
  echo "lab-$1 $result $(($(now) - begun))" >>"$RESULTS/checks"
  [ $result = passed ]
}

# While the first lab's groups wait for a certificate, a restart or a firewall, the second lab comes up.
labs() {
  labs_status=0 single_is_up=no scale_is_up=no
  bring_up single && single_is_up=yes
  jest_projects with-lab "unit stand-ins" --runInBand --testPathPatterns="$WITH_LAB" || labs_status=1
  bring_up scale >"$WORK/scale.log" 2>&1 &
  scale=$!
  HOMEPORT_TEST_LAB_UP=$single_is_up lab || labs_status=1
  if wait "$scale"; then scale_is_up=yes; else cat "$WORK/scale.log"; fi
  HOMEPORT_TEST_LAB_UP=$scale_is_up scale || labs_status=1
  return $labs_status
}

release() {
  status_of_release=0
  lab release || status_of_release=1
  check chaos npm run --silent chaos -- --runs "$CHAOS_RUNS"
  scale release || status_of_release=1
  return $status_of_release
}

# --- the run -------------------------------------------------------------------------------------------------------------------------

started=$(now)
status=0
. lab/node.sh
provide_node tests
case $what in
  unit) unit || status=1 ;;
  lab) lab "$@" || status=1 ;;
  scale) scale "$@" || status=1 ;;
  all)
    audits
    unit || status=1
    labs || status=1
    ;;
  release) release || status=1 ;;
esac
if grep -q '^[^ ]* failed ' "$RESULTS/checks"; then status=1; fi
[ $status -eq 0 ] && outcome=passed || outcome=failed
echo "tests: $what $outcome in $(($(now) - started)) s"
exit $status
