"""What this process is, and what was set over: for the program that deploys it. It holds no secret."""

import os
import platform
from typing import Any, Optional

import django
from django.conf import settings
from django.core import checks
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import Resolver404, resolve, reverse

from homeport_django import admins, changes, databases, media, static

# Set by the middleware when Django hands it an event loop's side.
in_event_loop = False


def answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = JsonResponse(described())
    response["Cache-Control"] = "no-store"
    return response


def described() -> dict[str, Any]:
    """The report, as JSON has it."""
    draft = changes.made[0].describe() if changes.made else {"set": [], "notes": []}
    notes: list[str] = draft["notes"]
    try:
        found = admins.find()
        notes = [*notes, *found.notes]
    except Exception as error:
        found = admins.Admins([], [], [])
        notes = [*notes, f"The project's URLs cannot be loaded ({type(error).__name__}): no admin was looked for."]
    return {
        "django": django.get_version(),
        "python": platform.python_version(),
        "debug": bool(settings.DEBUG),
        "set": draft["set"],
        "notes": notes,
        "admins": [*found.django, *found.wagtail],
        "login": _login([*found.django, *found.wagtail]),
        "checks": _warnings(),
        "database": _database(),
        "media": _media(),
        "static": {"url": settings.STATIC_URL, "by": "homeport" if static.is_ours() else "project"},
        "asgi": in_event_loop,
    }


def _login(prefixes: list[str]) -> Optional[str]:
    """A page with a form for names and passwords; the project's own where it has no admin."""
    for prefix in prefixes:
        if _is_page(f"{prefix}login/"):
            return f"{prefix}login/"
    url = str(settings.LOGIN_URL)
    if not url.startswith("/"):
        try:
            url = reverse(url)
        except Exception:
            return None
    return url if _is_page(url) else None


def _is_page(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _warnings() -> list[str]:
    """What `check --deploy` says of security, by the names of its checks."""
    try:
        found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    except Exception as error:
        return [f"failed: {type(error).__name__}"]
    return [str(message.id) for message in found if not message.is_silenced()]


def _database() -> dict[str, Any]:
    entry = settings.DATABASES.get("default", {})
    engine = str(entry.get("ENGINE") or "")
    if databases.is_sqlite(engine):
        return {"engine": engine, "file": os.fspath(entry.get("NAME") or "")}
    return {"engine": engine}


def _media() -> dict[str, Any]:
    url = media.address()
    ours = bool(url) and not media.has_own_view(url)
    return {
        "url": url or str(settings.MEDIA_URL or ""),
        "root": os.fspath(settings.MEDIA_ROOT or ""),
        "by": "homeport" if ours else "project",
    }
