"""What a person can put right, as one sentence instead of a traceback."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import OperationalError

from mysite import databases


def sentence(error: BaseException) -> str | None:
    """What to say of an error that ended a command, or None where only the traceback tells what happened."""
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, DatabaseError) and _came_without_connection(error):
        return f"There is no connection to {databases.server(settings.DATABASES)}: {databases.reason(error)}."
    storage = settings.OBJECT_STORAGE
    if storage and type(error).__module__.partition(".")[0] in ("boto3", "botocore"):
        said = str(error).rstrip(".")
        return f"The object storage {storage.endpoint} (bucket {storage.bucket}) did not do what was asked: {said}."
    return None


def _came_without_connection(error: DatabaseError) -> bool:
    """Whether PostgreSQL was not reached or did not let us in: what it says of a statement has a code (SQLSTATE)."""
    if getattr(error.__cause__, "sqlstate", "SQLite has none") is not None:
        return False
    return isinstance(error, OperationalError) or "invalid connection option" in str(error)
