"""What is done to each connection, where an entry of DATABASES cannot say it."""

from typing import Any

import django
from django.conf import settings
from django.db.backends.signals import connection_created

from homeport_django import databases
from homeport_django.site import current, secret


def prepare() -> None:
    """From now on every new connection of this process is prepared. Called once Django is set up."""
    if django.VERSION < (5, 1):
        connection_created.connect(_prepare_sqlite, dispatch_uid="homeport_sqlite")
    entries = settings.DATABASES.values()
    if secret("database_url") and any(databases.is_postgresql(str(entry.get("ENGINE", ""))) for entry in entries):
        _take_new_passwords()


def _prepare_sqlite(connection: Any, **_: Any) -> None:
    """As `databases.sqlite_options` says it to newer versions of Django."""
    if connection.vendor != "sqlite" or not current().outlives(connection.settings_dict["NAME"]):
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
    connection._start_transaction_under_autocommit = lambda: connection.cursor().execute("BEGIN IMMEDIATE")


def _take_new_passwords() -> None:
    """Where PostgreSQL refuses the password of this process's start, the one that the file holds by now is tried.

    In Django's own class, because engines that build on it (PostGIS, django_prometheus) connect by it, too.
    """
    from django.db.backends.postgresql import base

    connect = base.DatabaseWrapper.get_new_connection

    def connect_again(wrapper: Any, conn_params: Any) -> Any:
        try:
            return connect(wrapper, conn_params)
        except base.Database.OperationalError:
            password = databases.password_by_now()
            if password in (None, conn_params.get("password")):
                raise
            return connect(wrapper, {**conn_params, "password": password})

    base.DatabaseWrapper.get_new_connection = connect_again
