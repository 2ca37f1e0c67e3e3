"""What stands before Django's own middleware: who is asking, the log line, the health answer, rules for browsers."""

import logging
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware

from mysite import databases
from mysite.logs import is_quiet

View = Callable[[HttpRequest], HttpResponse]

request_logger = logging.getLogger("mysite.request")
health_logger = logging.getLogger("mysite.health")

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
FORWARDED += ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP")

PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(origins: Iterable[str]) -> str:
    """What a page may load: files of this site, and static files and uploads from where else they are kept."""
    from_us = " ".join(("'self'", *origins))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {from_us}",
            f"style-src {from_us}",
            f"img-src {from_us}",
            f"font-src {from_us}",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def client_address(peer: str, forwarded_for: str) -> str | None:
    """The visitor's address, or None when the peer is not a proxy we trust and its headers mean nothing.

    Each proxy adds at the end of X-Forwarded-For whom it was asked by. So the entries are believed from the end on, for
    as long as they are proxies of ours: the first that is not one is the visitor, and all before it came from outside.
    Where an entry is no address, the one behind it is the last thing known.
    """
    known = _address(peer)
    if known is None or not _is_trusted(known):
        return None
    for entry in reversed(forwarded_for.split(",")):
        before = _address(entry)
        if before is None:
            break
        known = before
        if not _is_trusted(known):
            break
    return str(known)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as written by a proxy: no port, no zone; IPv4 written as IPv6 is IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return None if address.scope_id else address.ipv4_mapped or address


def _is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def trusted_proxy(get_response: View) -> View:
    """Sets REMOTE_ADDR to the visitor's address; drops forwarding headers of anyone but a trusted proxy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        client = client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR", ""))
        if client is None:
            for header in FORWARDED:
                meta.pop(header, None)
        else:
            meta["REMOTE_ADDR"] = client
            # Of a list, Django would believe the first entry, which a visitor may have sent.
            if "," in meta.get("HTTP_X_FORWARDED_PROTO", ""):
                del meta["HTTP_X_FORWARDED_PROTO"]
        return get_response(request)

    return middleware


def request_log(get_response: View) -> View:
    """One line a request: method, path without its query (which may hold secrets), status, duration, visitor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = get_response(request)
        if not is_quiet(request.path, response.status_code):
            fields = {
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000, 1),
                "client": request.META.get("REMOTE_ADDR", ""),
            }
            request_logger.info("request", extra={"fields": fields})
        return response

    return middleware


def no_script_name(get_response: View) -> View:
    """Refuses a script name, which no proxy of ours sets: with it, /x/admin/ could be /admin/ behind a proxy's back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        if meta.get("SCRIPT_NAME") or "HTTP_SCRIPT_NAME" in meta or "HTTP_PATH_INFO" in meta:
            return HttpResponseBadRequest("This header is not accepted.", content_type="text/plain")
        return get_response(request)

    return middleware


def health(get_response: View) -> View:
    """Answers /health for whoever asks, by any name and without TLS: a health check knows neither.

    It reads the table of applied migrations, because `SELECT 1` alone is answered by SQLite without opening the file.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path != "/health":
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
                ready = cursor.fetchone() is not None
        except DatabaseError as error:
            health_logger.error("the database does not answer: %s", databases.reason(error))
            ready = False
        answer = HttpResponse("ok" if ready else "database", status=200 if ready else 503, content_type="text/plain")
        answer["Cache-Control"] = "no-store"
        answer["Content-Length"] = len(answer.content)
        return answer

    return middleware


def browser_rules(get_response: View) -> View:
    """Only this site's own scripts, styles and pictures; no powerful browser features."""
    policy = content_security_policy(settings.OBJECT_STORAGE.origins if settings.OBJECT_STORAGE else ())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


class TextGZipMiddleware(GZipMiddleware):
    """Compresses pages and feeds, not pictures, which are compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.streaming:
            return response
        return super().process_response(request, response)
