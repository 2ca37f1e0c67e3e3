# shellcheck shell=bash disable=SC2317 # functions are called through others
# Creates the application's role and database in a container of PostgreSQL, and sets the role's password from its secret file: a volume that outlived its
# stack, or a rotated password, would otherwise differ. Read by `bash -s` from stdin; after the last line come the container, the role, and
# a digest that changes with the password. The password itself is read inside the container and is in no process's arguments.
# prepend: machine/scripts/say.sh machine/scripts/patience.sh
set -euo pipefail
export LC_ALL=C

# After a power failure PostgreSQL replays its log.
HEALTHY_SECONDS=180

is_healthy() {
  HEALTH=$(docker inspect --format '{{.State.Health.Status}}' "$CONTAINER") ||
    fail "the server has no PostgreSQL container $CONTAINER: run 'pulumi up' again, which makes another"
  [ "$HEALTH" = healthy ]
}

main() {
  read -r CONTAINER
  read -r ROLE
  patiently "waiting until PostgreSQL is healthy" try_until $((SECONDS + HEALTHY_SECONDS)) is_healthy ||
    fail "PostgreSQL is '$HEALTH' after ${HEALTHY_SECONDS} s; its last lines: $(docker logs --tail 5 "$CONTAINER" 2>&1)"
  docker exec --interactive "$CONTAINER" \
    psql --no-psqlrc --quiet --username postgres --dbname postgres --set ON_ERROR_STOP=1 --set role="$ROLE" <<'SQL' ||
-- A statement that fails would be logged with the password in it.
SET log_min_error_statement = panic;
SET log_statement = none;
\set password `cat /run/secrets/password`
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
SQL
    fail "PostgreSQL refused the role $ROLE: see the lines above and 'docker logs $CONTAINER' on its server, then run 'pulumi up' again"
  say "PostgreSQL has the role $ROLE"
}

main; exit
