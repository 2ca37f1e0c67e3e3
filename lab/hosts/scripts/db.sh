# A database server as a provider runs one: Debian's PostgreSQL, reached with TLS and a password only. Parameters: DATABASE,
# ROLE, PASSWORD. Safe to repeat, also beside data of before. /opt/homeport-lab/service.pem and service.key are put there before.

version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -n 1)
settings=/etc/postgresql/$version/main
# The container may be new and its data of before: then they are taken over as they are.
[ -e "$settings/postgresql.conf" ] || pg_createcluster "$version" main >/dev/null

mkdir -p "$settings/conf.d"
write "$settings/service.pem" 0644 < /opt/homeport-lab/service.pem
write "$settings/service.key" 0600 < /opt/homeport-lab/service.key
chown postgres:postgres "$settings/service.pem" "$settings/service.key"
cat <<EOF | write "$settings/conf.d/homeport-lab.conf" 0644
listen_addresses = '*'
ssl = on
ssl_cert_file = '$settings/service.pem'
ssl_key_file = '$settings/service.key'
password_encryption = 'scram-sha-256'
# It stands beside a dozen machines on one.
shared_buffers = '64MB'
EOF
cat <<EOF | write "$settings/pg_hba.conf" 0640
local all postgres peer
hostssl $DATABASE $ROLE 0.0.0.0/0 scram-sha-256
EOF
chown postgres:postgres "$settings/pg_hba.conf"

systemctl daemon-reload
systemctl enable -q postgresql.service
systemctl start "postgresql@$version-main.service"
systemctl reload "postgresql@$version-main.service"

# The password is a variable of psql's, which quotes it, and stands in no command line.
export ROLE PASSWORD DATABASE
runuser -u postgres -- psql -qtA -v ON_ERROR_STOP=1 <<'EOF'
\getenv role ROLE
\getenv password PASSWORD
\getenv database DATABASE
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
EOF
