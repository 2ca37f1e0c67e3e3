"""DATABASES: SQLite in the volume, or the PostgreSQL of the stack's settings."""

import os
from importlib.util import find_spec
from typing import Any, Optional

from homeport_django import databases
from homeport_django.changes import Draft
from homeport_django.site import Site, secret, secret_file

Entries = dict[str, dict[str, Any]]


def database(site: Site, draft: Draft) -> None:
    """Without `database` in HOMEPORT_SITE the project's own databases stay as they are."""
    if not site.database:
        return
    before: Entries = {alias: dict(entry) for alias, entry in (draft.get("DATABASES") or {}).items()}
    default = before.get("default") or {}
    after = {alias: _kept(site, alias, entry) for alias, entry in before.items()}
    wants_postgresql = site.database.get("engine") == "postgresql"
    other_is_there = bool(site.database.get("both"))
    if wants_postgresql:
        after["default"] = _postgresql(default)
        if other_is_there:
            after["other"] = _sqlite(site, "default", default)
    else:
        if other_is_there:
            after["other"] = _postgresql({})
        if default and not _is_ours_to_keep(default):
            draft.note(
                f"The project names a database of its own ({databases.described(default)}), which stays. To have "
                "PostgreSQL by the stack's settings, set homeport:database."
            )
    for alias, entry in after.items():
        old = before.get(alias, {})
        if old != entry:
            was, now = databases.described(old), databases.described(entry)
            why = _why(site, entry, same=was == now)
            # Each alias is a line of its own; the setting is the whole.
            draft.set(
                "DATABASES",
                {**(draft.get("DATABASES") or {}), alias: entry},
                why,
                was=f"{alias}: {was}",
                now=f"{alias}: {now}",
            )


def _is_ours_to_keep(entry: dict[str, Any]) -> bool:
    engine = str(entry.get("ENGINE") or "")
    return not engine or engine.endswith("dummy") or databases.is_sqlite(engine)


def _why(site: Site, entry: dict[str, Any], same: bool) -> str:
    if not databases.is_sqlite(str(entry["ENGINE"])):
        return "the stack's settings name it"
    if same:
        return "several processes write to it: WAL, IMMEDIATE, a writer waits for its turn"
    return f"{site.data} outlives a deploy, the image's own folders do not"


def _kept(site: Site, alias: str, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the project's, made to last where it is a file."""
    if databases.is_sqlite(str(entry.get("ENGINE") or "")) and not _in_memory(entry):
        return _sqlite(site, alias, entry)
    return entry


def _in_memory(entry: dict[str, Any]) -> bool:
    name = os.fspath(entry.get("NAME") or "")
    return name == ":memory:" or "mode=memory" in name


def _sqlite(site: Site, alias: str, before: dict[str, Any]) -> dict[str, Any]:
    import django

    theirs = before if databases.is_sqlite(str(before.get("ENGINE") or "")) else {"ENGINE": databases.SQLITE}
    entry = dict(theirs)
    name = entry.get("NAME")
    if not name or not site.outlives(name):
        entry["NAME"] = site.data / ("db.sqlite3" if alias == "default" else f"{alias}.sqlite3")
    entry["OPTIONS"] = databases.sqlite_options(entry.get("OPTIONS") or {}, django.VERSION)
    databases.keep_connection(entry)
    return entry


def _postgresql(before: dict[str, Any]) -> dict[str, Any]:
    from django.core.exceptions import ImproperlyConfigured

    url = secret("database_url")
    if url is None:
        raise ImproperlyConfigured(
            f"There is no {secret_file('database_url')}, which must hold the address of the PostgreSQL: "
            "see homeport:database in the stack's settings."
        )
    entry = databases.postgresql(url, before)
    if databases.is_postgresql(str(before.get("ENGINE") or "")) and databases.same_place(before, entry):
        return before
    missing = _missing_driver()
    if missing:
        raise ImproperlyConfigured(missing)
    return entry


def _missing_driver() -> Optional[str]:
    import django

    drivers = ["psycopg", "psycopg2"] if django.VERSION >= (4, 2) else ["psycopg2"]
    if any(find_spec(driver) for driver in drivers):
        return None
    package = "psycopg[binary]" if "psycopg" in drivers else "psycopg2-binary"
    return (
        "The stack's settings name a PostgreSQL, but the image has no driver for it: "
        f"add {package} to the project's requirements."
    )
