"""Uploads below MEDIA_URL: for visitors, with headers by which a file stays a file."""

import mimetypes
import os
import posixpath
from typing import Any, Optional

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from homeport_django.file_answers import file_answer

# A page, or what could hold one: it would run as a part of the site.
_PAGES = {
    "application/javascript",
    "application/xhtml+xml",
    "application/xml",
    "image/svg+xml",
    "text/html",
    "text/javascript",
    "text/xml",
    "text/xsl",
}
# Uploads run no script and are no page of the site's, however they are opened.
# A PDF is not shown at all with it, and its viewer keeps it from the site by itself.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# An hour of a signed address, less what a page takes to be read.
_REDIRECT_SECONDS = 600

for _kind in ("avif", "webp"):
    # Older versions of Python do not know these by themselves.
    mimetypes.add_type(f"image/{_kind}", f".{_kind}")


def address() -> str:
    """Where uploads are on this site, ending with a slash; empty where they are not."""
    url = str(settings.MEDIA_URL or "")
    # Django makes "/" of an empty setting.
    return url if url.startswith("/") and url.strip("/") and not url.startswith("//") else ""


def name_in(path: str, url: str) -> str:
    """The name of a file below an address, as a path that leads nowhere else; empty where it is none."""
    name = path[len(url) :]
    if not name or name.startswith("/") or "\0" in name or "\\" in name or posixpath.normpath("/" + name) != "/" + name:
        return ""
    return name


class Served:
    """The uploads of this process."""

    def __init__(self) -> None:
        self._url = address()
        self._by_project: Optional[bool] = None

    def answer(self, request: HttpRequest, in_loop: bool) -> Optional[HttpResponse]:
        """A file, or None where there is none: the project may know what to do."""
        if not self._url or not request.path.startswith(self._url):
            return None
        name = name_in(request.path, self._url)
        if not name or self._is_projects():
            return None
        storage: Any = default_storage
        root = getattr(storage, "location", None)
        if getattr(storage, "is_homeports_bucket", False):
            return self._elsewhere(name)
        if not root:
            return None
        path = os.path.join(os.path.realpath(root), name)
        # A link that leads out of the folder is no upload.
        if os.path.realpath(path) != path:
            return None
        kind = mimetypes.guess_type(name)
        content_type = "application/octet-stream" if kind[0] is None or kind[1] else kind[0]
        answer = file_answer(request, path, content_type, in_loop)
        if answer is not None:
            _be_safe(answer, content_type)
        return answer

    def _elsewhere(self, name: str) -> Optional[HttpResponse]:
        """Of a bucket, the address there: it may be one for an hour, this one is for ever."""
        try:
            answer = HttpResponseRedirect(default_storage.url(name))
        except SuspiciousOperation:
            return None
        answer["Cache-Control"] = f"max-age={_REDIRECT_SECONDS}"
        return answer

    def _is_projects(self) -> bool:
        """Whether a view of the project's own answers there: it may let see some files only some visitors."""
        if self._by_project is None:
            self._by_project = has_own_view(self._url)
        return self._by_project


def has_own_view(url: str) -> bool:
    """Whether the project's URLs have a pattern for the address of uploads, other than Django's view of a folder.

    A pattern for everything (a page tree, a front end) is none for uploads.
    """
    try:
        match = resolve(url + "homeport.jpg")
    except Resolver404:
        return False
    function = getattr(match.func, "__wrapped__", match.func)
    if getattr(function, "__module__", "") == "django.views.static":
        return False
    return match.route.lstrip("^/").startswith(url.strip("/"))


def _be_safe(answer: HttpResponse, content_type: str) -> None:
    answer["X-Content-Type-Options"] = "nosniff"
    if content_type != "application/pdf":
        answer["Content-Security-Policy"] = _POLICY
    if content_type in _PAGES:
        answer["Content-Disposition"] = "attachment"
    answer.headers.setdefault("Cache-Control", "max-age=600")
