"""LOGGING: one JSON object a line on stdout."""

from homeport_django.changes import Draft
from homeport_django.site import Site

# With DEBUG they would write signatures and whole requests.
_TALKATIVE = ("boto3", "botocore", "psycopg", "s3transfer", "urllib3")


def logs(site: Site, draft: Draft) -> None:
    """A project that says anything about its logs keeps them."""
    if draft.get("LOGGING") or draft.get("LOGGING_CONFIG") != "logging.config.dictConfig":
        return
    logging = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "homeport_django.logs.JsonFormatter"}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": site.log_level},
        "loggers": {
            # Django's own handlers would print or mail the same record a second time.
            "django": {"handlers": [], "propagate": True},
            # Answers below 500 are in the request line already.
            "django.request": {"level": "ERROR"},
            **{name: {"level": "WARNING"} for name in _TALKATIVE},
        },
    }
    draft.set("LOGGING", logging, "the program reads lines of JSON", was="none", now="JSON lines on stdout")
