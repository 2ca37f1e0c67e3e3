"""Django's PostgreSQL, for a password that is changed while the site runs."""

from typing import Any

from django.db.backends.postgresql import base

from mysite import databases


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]):
        """Where the password is refused that was there at the start, the one that the file holds by now is tried."""
        try:
            return super().get_new_connection(conn_params)
        except base.Database.OperationalError:
            password = databases.password_by_now()
            if password in (None, conn_params.get("password")):
                raise
            return super().get_new_connection({**conn_params, "password": password})
