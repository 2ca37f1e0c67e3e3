"""The health answer: whether this process serves, and its database answers."""

import logging
from functools import cache
from typing import Optional

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.module_loading import module_has_submodule

from homeport_django import databases

logger = logging.getLogger("homeport_django.health")


def answer(request: HttpRequest) -> HttpResponse:
    """200 and `ok`, or 503 and why not in one line; by any name and without TLS: a health check knows neither."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    wrong = _wrong()
    if wrong:
        logger.error(wrong)
    said = wrong or "ok"
    response = HttpResponse(
        "" if request.method == "HEAD" else said, status=503 if wrong else 200, content_type="text/plain; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(said.encode()))
    return response


def _wrong() -> Optional[str]:
    """Reads the table of applied migrations: `SELECT 1` alone is answered by SQLite without opening the file."""
    engine = str(settings.DATABASES.get(DEFAULT_DB_ALIAS, {}).get("ENGINE") or "")
    if not engine or engine.endswith("dummy"):
        return None
    try:
        if not _has_migrations():
            connection.ensure_connection()
            return None
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            if cursor.fetchone() is None:
                return f"{databases.server()} has no applied migration: run migrate"
    except DatabaseError as error:
        return f"{databases.server()} does not answer: {databases.reason(error)}"
    return None


@cache
def _has_migrations() -> bool:
    """Whether there is anything to migrate: a site may have no models at all."""
    return any(module_has_submodule(config.module, "migrations") for config in apps.get_app_configs())
