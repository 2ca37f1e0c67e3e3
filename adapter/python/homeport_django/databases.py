"""Entries of Django's DATABASES, and what is said of a database to a person."""

import os
import re
import sys
from typing import Any, Optional
from urllib.parse import parse_qsl, unquote, urlsplit

from homeport_django.site import Site, secret, secret_file

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"
# Seconds a connection is kept: closing the last one makes SQLite fold its log into the file, and PostgreSQL ask for a
# password again.
_KEPT_SECONDS = 600
# With these, a thread serves one request and ends: a connection that it kept would be nobody's.
_ASYNC_SERVERS = ("uvicorn", "daphne", "hypercorn", "granian", "gevent", "eventlet")
# What an address or our secrets say, whatever the project says of it.
_ADDRESS_OPTIONS = {
    "service",
    "passfile",
    "sslmode",
    "sslrootcert",
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
}


def is_sqlite(engine: str) -> bool:
    return engine.endswith(("sqlite3", "spatialite"))


def is_postgresql(engine: str) -> bool:
    """Also of engines that build on Django's own, such as PostGIS or django_prometheus."""
    return any(word in engine.lower() for word in ("postgres", "postgis", "psycopg"))


def keep_connection(entry: dict[str, Any]) -> None:
    """Has threads that live on keep their connections, unless the project says otherwise."""
    # Django's own pool keeps connections itself and refuses this.
    if not any(server in sys.modules for server in _ASYNC_SERVERS) and not entry["OPTIONS"].get("pool"):
        entry.setdefault("CONN_MAX_AGE", _KEPT_SECONDS)
    entry.setdefault("CONN_HEALTH_CHECKS", True)


def sqlite_options(options: dict[str, Any], version: tuple) -> dict[str, Any]:
    """Options of a SQLite file that several processes write to; what the project says itself stays.

    Before Django 5.1 there are no such options: `connections.prepare` does the same to each connection.
    """
    # Seconds that a writer waits for its turn instead of failing with "database is locked".
    added: dict[str, Any] = {"timeout": 20}
    if version >= (5, 1):
        added["transaction_mode"] = "IMMEDIATE"
        added["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    return {**added, **options}


def postgresql(url: str, before: dict[str, Any]) -> dict[str, Any]:
    """The entry for an address, with what the project says of its PostgreSQL otherwise.

    Raises ImproperlyConfigured, never with the address itself: the password is in it.
    """
    address = _parsed(url)
    if address is None:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(
            f"{secret_file('database_url')} does not hold the address of a PostgreSQL: it must hold "
            "postgresql://user:password@host:5432/name, with the password's special characters percent-encoded "
            "(@ is %40, / is %2F, # is %23, % is %25)."
        )
    theirs: dict[str, Any] = before if is_postgresql(str(before.get("ENGINE", ""))) else {"ENGINE": POSTGRESQL}
    options = {name: value for name, value in (theirs.get("OPTIONS") or {}).items() if name not in _ADDRESS_OPTIONS}
    entry = {**theirs, **address}
    entry["OPTIONS"] = {**_CONNECTION_OPTIONS, **options, **_authority(address["OPTIONS"]), **address["OPTIONS"]}
    keep_connection(entry)
    return entry


# What the address may say otherwise. Without these, a machine that vanished would hold a thread for minutes.
_CONNECTION_OPTIONS = {
    # Seconds; below the 5 s of a health check, so that it can still tell what is wrong.
    "connect_timeout": 4,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # Milliseconds until unanswered data ends the connection.
    "tcp_user_timeout": 15000,
}


def _authority(said: dict[str, Any]) -> dict[str, Any]:
    """The server's authority, where it is one of our own."""
    file = secret_file("database_ca.pem")
    if "sslrootcert" in said or not file.is_file():
        return {}
    return {"sslmode": "verify-full", "sslrootcert": str(file)}


def _parsed(url: str) -> Optional[dict[str, Any]]:
    """The parts of postgresql://user:password@host:port/name?option=value; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    name = unquote(parts.path[1:])
    if parts.scheme not in ("postgresql", "postgres", "pgsql") or parts.fragment or not (parts.username and name):
        return None
    options: dict[str, Any] = {}
    for option, value in parse_qsl(parts.query):
        options[option] = int(value) if value.isdecimal() else value
    return {
        "NAME": name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": port or "",
        "OPTIONS": options,
    }


def password_by_now() -> Optional[str]:
    """The password in the secret's file, which may be another than at the start; None where there is no file."""
    address = _parsed(secret("database_url") or "")
    return address["PASSWORD"] if address else None


def same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two entries name the same server, database, user and password."""

    def place(entry: dict[str, Any]) -> tuple:
        port = str(entry.get("PORT") or 5432)
        return (*(str(entry.get(part) or "") for part in ("HOST", "NAME", "USER", "PASSWORD")), port)

    return place(one) == place(other)


def described(entry: dict[str, Any], site: Optional[Site] = None) -> str:
    """A database as a person knows it; never with a password."""
    engine = str(entry.get("ENGINE") or "none")
    if not engine or engine == "django.db.backends.dummy" or engine == "none":
        return "no database"
    if is_sqlite(engine):
        return f"SQLite in {os.fspath(entry.get('NAME') or '')}"
    kind = "PostgreSQL" if is_postgresql(engine) else engine.rpartition(".")[2]
    port = f":{entry['PORT']}" if entry.get("PORT") else ""
    return f"{kind} {entry.get('NAME') or ''} at {entry.get('HOST') or 'localhost'}{port}"


def server() -> str:
    """The default database of this process."""
    from django.conf import settings

    return f"the database ({described(settings.DATABASES.get('default', {}))})"


def reason(error: BaseException) -> str:
    """Why a database refused, in one line and without what libpq repeats for each of its attempts."""
    text = " ".join(str(error).partition("\n\tIs the server running")[0].split())
    causes = re.split(r"(?:connection failed: )?connection to server (?:at|on) .*? failed: (?:FATAL: +)?", text)
    return "; ".join(dict.fromkeys(cause.strip(" ;.") for cause in causes if cause.strip(" ;.")))
