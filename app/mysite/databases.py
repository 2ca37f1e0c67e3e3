"""The databases: the one in use is Django's `default`; where there is a PostgreSQL, the one not in use is `other`."""

import re
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from mysite import environment

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
# A backend of ours, in the package of that name.
ENGINE = "mysite.postgresql"


def configured(data_dir: Path) -> dict[str, dict]:
    """Django's DATABASES, of DATABASE_ENGINE and the address in DATABASE_URL_FILE."""
    engine = environment.choice("DATABASE_ENGINE", SQLITE, (SQLITE, POSTGRESQL))
    if engine == SQLITE and not (environment.text("DATABASE_URL_FILE") or environment.text("DATABASE_URL").startswith("postgres")):
        return {"default": sqlite(data_dir / "db.sqlite3")}
    both = {
        SQLITE: sqlite(data_dir / "db.sqlite3"),
        POSTGRESQL: postgresql(_address()),
    }
    return {"default": both.pop(engine), "other": both.popitem()[1]}


def sqlite(path: Path) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Kept, one a thread: closing the last connection makes SQLite fold its log into the file and delete it.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A writer waits its turn for up to 20 s instead of failing with "database is locked".
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def postgresql(url: str) -> dict:
    try:
        database = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
    except ValueError:
        database = {}
    if database.get("ENGINE") != "django.db.backends.postgresql" or not (database["USER"] and database["NAME"]):
        # Never with the text itself: the password is in it.
        raise ImproperlyConfigured(
            "DATABASE_URL_FILE does not name the file of a PostgreSQL address: it must hold "
            "postgresql://user:password@host:5432/name, with the password's special characters percent-encoded "
            "(@ is %40, / is %2F, # is %23, % is %25)."
        )
    database["ENGINE"] = ENGINE
    database["OPTIONS"] = {**_connection_options(), **database.get("OPTIONS", {})}
    return database


def password_by_now() -> str | None:
    """The password in the file, which may be another than at the start; None where there is no file."""
    try:
        return postgresql(_address())["PASSWORD"]
    except ImproperlyConfigured:
        return None


def _address() -> str:
    return environment.secret("DATABASE_URL")


def _connection_options() -> dict:
    """What the address may say otherwise. Without these, a machine that vanished would hold a thread for minutes."""
    options = {
        # Below the 5 s of a health check, so that it can still tell what is wrong.
        "connect_timeout": 4,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        # Milliseconds until unanswered data ends the connection.
        "tcp_user_timeout": 15_000,
    }
    # For pages only (mysite.wsgi sets it): a migration may take its time.
    seconds = environment.whole_number("DATABASE_STATEMENT_SECONDS", 0)
    if seconds > 0:
        options["options"] = f"-c statement_timeout={seconds * 1000}"
    return options


def server(configured: dict[str, dict]) -> str:
    """The PostgreSQL of Django's DATABASES as a person knows it; never with the password."""
    for database in configured.values():
        if database["ENGINE"] == ENGINE:
            port = f":{database['PORT']}" if database["PORT"] else ""
            return f"the database {database['NAME']} at {database['HOST']}{port}"
    return "the database"


def reason(error: Exception) -> str:
    """Why a database refused, in one line and without what libpq repeats for each of its attempts."""
    text = " ".join(str(error).partition("\n\tIs the server running")[0].split())
    causes = re.split(r"(?:connection failed: )?connection to server (?:at|on) .*? failed: (?:FATAL: +)?", text)
    return "; ".join(dict.fromkeys(cause.strip(" ;.") for cause in causes if cause.strip(" ;.")))
