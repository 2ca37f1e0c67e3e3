"""Static files straight from the apps, by names with a hash of their content, without `collectstatic`."""

import gzip
import hashlib
import mimetypes
import os
import posixpath
import re
from functools import lru_cache
from typing import Any, NamedTuple, Optional
from urllib.parse import unquote, urldefrag

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from homeport_django import changes
from homeport_django.file_answers import file_answer, not_modified
from homeport_django.media import name_in

# Ten years: what browsers take for "for ever". The name changes with the content.
FOR_EVER = "max-age=315360000, public, immutable"
FOR_A_MINUTE = "max-age=60"
HASH_LENGTH = 12
# Larger ones are sent from the disk as they are, and not compressed.
IN_MEMORY_BYTES = 1024 * 1024
GZIP_FROM_BYTES = 1024

_HASHED = re.compile(rf"^(?P<stem>.+)\.(?P<hash>[0-9a-f]{{{HASH_LENGTH}}})(?P<extension>\.[^./]+)?$")
_REFERENCE = re.compile(
    r"""(?P<before>url\(\s*)(?P<quote>['"]?)(?P<to>[^'")\s]+)(?P=quote)(?P<after>\s*\))"""
    r"""|(?P<at>@import\s+)(?P<mark>['"])(?P<sheet>[^'"]+)(?P=mark)"""
)


class Content(NamedTuple):
    """What is sent of a file: as it lies there, or a style sheet whose references have hashes as well."""

    path: str
    hash: str
    # None: too large to be kept, so it is read from the disk.
    body: Optional[bytes]


def is_ours() -> bool:
    """Whether this process serves the site's static files before the project is asked."""
    return changes.decided("static") == "homeport"


def are_here() -> bool:
    """Whether the site has static files at an address of its own, whoever serves them."""
    return bool(changes.decided("static")) and apps.is_installed("django.contrib.staticfiles") and _is_address()


def _is_address() -> bool:
    url = str(settings.STATIC_URL or "")
    return url.startswith("/") and url.strip("/") != "" and not url.startswith("//")


def _found(name: str) -> Optional[str]:
    """The file of a name: what `collectstatic` made goes before what the apps have."""
    try:
        if settings.STATIC_ROOT:
            collected = os.path.join(settings.STATIC_ROOT, name)
            if os.path.isfile(collected):
                return collected
        path = finders.find(name)
    except (ImproperlyConfigured, SuspiciousOperation, ValueError, OSError):
        return None
    return path if isinstance(path, str) and os.path.isfile(path) else None


# Files of an image do not change while a process runs.
_contents: dict[str, Content] = {}


def content(name: str, within: frozenset[str] = frozenset()) -> Optional[Content]:
    """The content of a name, None where there is no file. `within`: the style sheets that are being read already."""
    known = _contents.get(name)
    if known is not None:
        return known
    path = _found(name)
    if path is None:
        return None
    try:
        read = _read(name, path, within)
    except OSError:
        return None
    # A sheet that refers to itself is complete only where it was asked for first.
    if not within:
        _contents[name] = read
    return read


def _read(name: str, path: str, within: frozenset[str]) -> Content:
    digest = hashlib.sha256()
    body: Optional[bytes] = None
    if os.path.getsize(path) <= IN_MEMORY_BYTES:
        with open(path, "rb") as file:
            body = file.read()
        if name.endswith(".css") and _has_hashes():
            body = _with_hashes(name, body, within | {name})
        digest.update(body)
    else:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(IN_MEMORY_BYTES), b""):
                digest.update(chunk)
    keep = body is not None and (name.endswith(".css") or _is_text(name))
    return Content(path, digest.hexdigest()[:HASH_LENGTH], body if keep else None)


def _has_hashes() -> bool:
    from django.contrib.staticfiles.storage import staticfiles_storage

    return isinstance(staticfiles_storage, HashedStaticFiles)


def _with_hashes(name: str, sheet: bytes, within: frozenset[str]) -> bytes:
    """A style sheet whose relative references have hashes; one that leads nowhere stays as it is."""
    try:
        text = sheet.decode("utf-8")
    except UnicodeDecodeError:
        return sheet

    def renamed(to: str) -> str:
        address, fragment = urldefrag(to)
        address, question, query = address.partition("?")
        if not address or re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|/|#", address):
            return to
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))
        if target.startswith("../") or target in within:
            return to
        known = content(target, within)
        if known is None:
            return to
        folder, _, last = address.rpartition("/")
        return "".join(
            (
                folder,
                "/" if folder else "",
                hashed(last, known.hash),
                question,
                query,
                "#" if fragment else "",
                fragment,
            )
        )

    def replaced(found: "re.Match[str]") -> str:
        if found["at"]:
            return f"{found['at']}{found['mark']}{renamed(found['sheet'])}{found['mark']}"
        return f"{found['before']}{found['quote']}{renamed(found['to'])}{found['quote']}{found['after']}"

    return _REFERENCE.sub(replaced, text).encode("utf-8")


def hashed(name: str, digest: str) -> str:
    """name.css with its hash: name.0123456789ab.css."""
    stem, extension = posixpath.splitext(name)
    return f"{stem}.{digest}{extension}"


def _plain(name: str) -> tuple[str, str]:
    """A name without its hash, and the hash; the same name and nothing where it has none."""
    found = _HASHED.match(name)
    return (found["stem"] + (found["extension"] or ""), found["hash"]) if found else (name, "")


class HashedStaticFiles(StaticFilesStorage):
    """`{% static %}` gives names with a hash; of a file that is missing the plain name, and no error."""

    def url(self, name: Any) -> str:
        path, fragment = urldefrag(str(name))
        path, question, query = path.partition("?")
        known = content(path) if path and not path.endswith("/") else None
        named = hashed(path, known.hash) if known else path
        return super().url(named) + question + query + ("#" + fragment if fragment else "")


def _is_text(name: str) -> bool:
    kind = _kind(name)
    return kind.startswith("text/") or kind in ("application/javascript", "application/json", "image/svg+xml")


def _kind(name: str) -> str:
    kind, encoding = mimetypes.guess_type(name)
    return kind if kind and not encoding else "application/octet-stream"


@lru_cache(maxsize=128)
def _compressed(body: bytes) -> bytes:
    # Without a time, so that each process gives the same bytes.
    return gzip.compress(body, mtime=0)


class Served:
    """The static files of this process."""

    def __init__(self) -> None:
        self._url = str(settings.STATIC_URL)

    def answer(self, request: HttpRequest, in_loop: bool) -> Optional[HttpResponse]:
        """A file, or None where there is none."""
        if not request.path.startswith(self._url):
            return None
        name = name_in(request.path, self._url)
        if not name:
            return None
        asked = ""
        known = content(name)
        if known is None:
            name, asked = _plain(name)
            known = content(name) if asked else None
        if known is None:
            return None
        # While a new version is rolled out, a page may be another version's: its file is ours, but not for ever.
        lasts = known.hash == asked or _is_manifests(name, asked)
        answer = _sent(request, known, _kind(name), in_loop)
        if answer is not None:
            answer["Cache-Control"] = FOR_EVER if lasts else FOR_A_MINUTE
            answer["X-Content-Type-Options"] = "nosniff"
        return answer


def _is_manifests(name: str, asked: str) -> bool:
    """Whether Django's own manifest storage gave the file its hashed name when the image was built."""
    found = _HASHED.match(name)
    return not asked and found is not None and not _has_hashes()


def _sent(request: HttpRequest, known: Content, kind: str, in_loop: bool) -> Optional[HttpResponse]:
    if known.body is None:
        return file_answer(request, known.path, kind, in_loop)
    etag = f'"{known.hash}"'
    if not_modified(request, etag):
        answer = HttpResponse(status=304)
    else:
        body = known.body
        compress = len(body) >= GZIP_FROM_BYTES and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        body = _compressed(body) if compress else body
        answer = HttpResponse(b"" if request.method == "HEAD" else body, content_type=_typed(kind))
        if compress:
            answer["Content-Encoding"] = "gzip"
        answer["Content-Length"] = str(len(body))
    answer["Vary"] = "Accept-Encoding"
    # Weak, because it names the content in both encodings.
    answer["ETag"] = f"W/{etag}"
    return answer


def _typed(kind: str) -> str:
    text = kind.startswith("text/") or kind in ("application/javascript", "application/json")
    return f"{kind}; charset=utf-8" if text else kind
