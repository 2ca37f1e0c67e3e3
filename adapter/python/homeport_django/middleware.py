"""First in line: who is asking, the health answer, files that nobody else serves, the log line, safe defaults."""

import logging
import time
from typing import Any, Callable, Optional

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.decorators import sync_and_async_middleware

from homeport_django import health, logins, media, public_bodies, report, static
from homeport_django.site import current
from homeport_django.visitors import Proxies, asked_directly, have_headers_passed_on

try:
    from asgiref.sync import iscoroutinefunction
except ImportError:
    # Before Django 4.2.
    from asyncio import iscoroutinefunction

HEALTH, REPORT = "/.homeport/health", "/.homeport/report"

request_logger = logging.getLogger("homeport_django.request")


class _Line:
    """What is done before the project's own middleware, and with its answer."""

    def __init__(self) -> None:
        site = current()
        self._proxies = Proxies(site.proxies)
        self._all_kept = site.keeps("middleware")
        self._addresses_kept = self._all_kept or site.keeps("proxy")
        self._logs = not (self._all_kept or site.keeps("logs"))
        if not self._addresses_kept:
            have_headers_passed_on()
        self._static = static.Served() if static.are_here() else None
        self._media = None if self._all_kept or site.keeps("media") else media.Served()
        self._bodies = None if self._all_kept or site.keeps("uploads") else public_bodies.Limit(site)
        self._hsts = "" if self._all_kept or site.keeps("hsts") else _hsts()

    def own_work(self, request: HttpRequest) -> Optional[Callable[[HttpRequest], HttpResponse]]:
        """What answers by asking the database or the URLs: not to be done in an event loop."""
        path = request.path_info
        if path not in (HEALTH, REPORT) or not asked_directly(request.META, self._proxies):
            return None
        return health.answer if path == HEALTH else report.answer

    def before(self, request: HttpRequest, in_loop: bool) -> Optional[HttpResponse]:
        """The answer where the project is not asked."""
        meta = request.META
        # No proxy of ours sets a script name: with it, /x/admin/ could be /admin/ behind a proxy's back.
        if "HTTP_SCRIPT_NAME" in meta or "HTTP_PATH_INFO" in meta:
            return HttpResponseBadRequest("This header is not accepted.", content_type="text/plain")
        if self._all_kept:
            return None
        if not self._addresses_kept:
            self._proxies.put_right(meta)
        if request.method not in ("GET", "HEAD"):
            # In an event loop it was asked before the body was read.
            return self._bodies.refusal(request) if self._bodies and not in_loop else None
        answer = self._static.answer(request, in_loop) if static.is_ours() and self._static else None
        if answer is None and self._media:
            answer = self._media.answer(request, in_loop)
        return answer

    def instead(self, request: HttpRequest, response: HttpResponse, in_loop: bool) -> HttpResponse:
        """While a new version is rolled out, a page may ask for another version's static file: this one's will do."""
        missed = response.status_code == 404 and request.method in ("GET", "HEAD")
        return (self._static.answer(request, in_loop) if missed and self._static else None) or response

    def after(self, request: HttpRequest, response: HttpResponse, started: float) -> HttpResponse:
        if self._all_kept:
            return response
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        if self._hsts and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", self._hsts)
        if self._logs:
            fields = {
                "method": request.method,
                # Without its query, which may hold secrets.
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "client": request.META.get("REMOTE_ADDR", ""),
            }
            request_logger.info("request", extra={"fields": fields})
        return response


def _hsts() -> str:
    """The header for a project without Django's SecurityMiddleware, and for files that never come that far."""
    if not settings.SECURE_HSTS_SECONDS:
        return ""
    subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}"


@sync_and_async_middleware
def first_in_line(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Django's middleware, for threads and for event loops. Health and report are not logged."""
    line = _Line()

    if iscoroutinefunction(get_response):
        report.in_event_loop = True

        async def answer_in_loop(request: HttpRequest) -> HttpResponse:
            started = time.perf_counter()
            own = line.own_work(request)
            if own is not None:
                return await sync_to_async(own)(request)
            response = line.before(request, in_loop=True)
            if response is None:
                response = line.instead(request, await get_response(request), in_loop=True)
            return line.after(request, response, started)

        answer_in_loop.process_exception = logins.answer
        return answer_in_loop

    def answer(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        own = line.own_work(request)
        if own is not None:
            return own(request)
        response = line.before(request, in_loop=False)
        if response is None:
            response = line.instead(request, get_response(request), in_loop=False)
        return line.after(request, response, started)

    answer.process_exception = logins.answer
    return answer
