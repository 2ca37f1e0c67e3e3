"""How much a visitor may send who is not logged in: what they send waits on the disk of the data."""

from importlib import import_module
from io import BytesIO
from typing import Any, Union

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from homeport_django.site import Site, at_home

MEGABYTE = 2**20


class Limit:
    """The limit of a site. At home, on the admin's names, and for whoever is logged in, the proxy's larger one holds."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._megabytes = site.public_upload_mb

    def concerns(self, length: Union[str, bytes]) -> bool:
        """Whether a body of this Content-Length is too large for a visitor."""
        try:
            return self._megabytes is not None and int(length or 0) > self._megabytes * MEGABYTE
        except ValueError:
            return False

    def refusal(self, request: HttpRequest) -> "HttpResponse | None":
        """The answer to a body that is too large for who sends it, before anything of it is read."""
        if not self.concerns(request.META.get("CONTENT_LENGTH", "")):
            return None
        if at_home(self._site, request.META) or _is_logged_in(request):
            return None
        text = f"Without a login, {self._megabytes} megabytes is the most that can be sent.\n"
        return HttpResponse(text, status=413, content_type="text/plain")


def watch_event_loop(limit: Limit) -> None:
    """Under ASGI, Django writes a body to the disk before any middleware is asked: has it ask before that."""
    from django.core.handlers.asgi import ASGIHandler, ASGIRequest

    handle = ASGIHandler.handle

    async def handle_within_limit(self: Any, scope: Any, receive: Any, send: Any) -> None:
        refusal = None
        # Most requests need neither a request of their own nor a thread to ask the session in.
        if any(name == b"content-length" and limit.concerns(value) for name, value in scope["headers"]):
            refusal = await sync_to_async(limit.refusal)(ASGIRequest(scope, BytesIO()))
        if refusal is None:
            await handle(self, scope, receive, send)
        else:
            await self.send_response(refusal, send)

    ASGIHandler.handle = handle_within_limit


def _is_logged_in(request: HttpRequest) -> bool:
    """By Django's sessions. Any fault on the way, such as a database that does not answer, counts as a visitor."""
    try:
        from django.contrib.auth import get_user

        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key:
            return False
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        return bool(get_user(request).is_authenticated)
    except Exception:
        return False
