"""INSTALLED_APPS and MIDDLEWARE with what is ours."""

from typing import Any

from homeport_django.changes import Draft
from homeport_django.site import Site

APP = "homeport_django"
MIDDLEWARE = "homeport_django.middleware.first_in_line"


def _same_kind(before: Any, after: list) -> Any:
    return tuple(after) if isinstance(before, tuple) else after


def commands(site: Site, draft: Draft) -> None:
    """At the end, so that a command or template of the project's own by the same name is the one that is found."""
    before = draft.get("INSTALLED_APPS") or []
    if APP not in before:
        after = _same_kind(before, [*before, APP])
        draft.set("INSTALLED_APPS", after, "commands of a release", was="the project's", now=f"the project's, {APP}")


def middleware(site: Site, draft: Draft) -> None:
    """Always, because the health answer is part of it; what else it does, `keep` says."""
    before = draft.get("MIDDLEWARE") or []
    if MIDDLEWARE not in before:
        after = _same_kind(before, [MIDDLEWARE, *before])
        draft.set(
            "MIDDLEWARE", after, "health, addresses, files", was="the project's", now=f"{MIDDLEWARE}, the project's"
        )
