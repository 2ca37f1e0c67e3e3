"""What a person can put right, as one sentence instead of a traceback."""

import os
import sys
from typing import Optional


def say_in_one_line() -> None:
    """From now on a fault that ends a command (manage.py, a job) is a sentence where there is one for it."""
    before = sys.excepthook

    def say(kind, error, traceback) -> None:
        said = _sentence(error)
        if said is None:
            before(kind, error, traceback)
        else:
            command = " ".join([os.path.basename(sys.argv[0] if sys.argv else "python"), *sys.argv[1:2]])
            print(f"{command}: {said}", file=sys.stderr)

    sys.excepthook = say


def _sentence(error: BaseException) -> Optional[str]:
    """What to say of an error, or None where only the traceback tells what happened."""
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.db import OperationalError

        if isinstance(error, ImproperlyConfigured):
            return str(error)
        if isinstance(error, OperationalError) and _came_without_connection(error):
            from homeport_django import databases

            return f"There is no connection to {databases.server()}: {databases.reason(error)}."
    except Exception:
        # The first fault is the one to show.
        return None
    return None


def _came_without_connection(error: BaseException) -> bool:
    """Whether PostgreSQL was not reached or did not let us in: what it says of a statement has a code (SQLSTATE)."""
    cause = error.__cause__
    code = getattr(cause, "sqlstate", getattr(cause, "pgcode", "SQLite has none"))
    return code is None
