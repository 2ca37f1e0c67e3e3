"""A file as an answer: what browsers ask for again, and from where on."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Optional

import django
from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import http_date, parse_http_date_safe, quote_etag

from homeport_django.handover import handed_over

CHUNK_BYTES = 64 * 1024
# A loop may read this much from a disk without making others wait.
WHOLE_BYTES = 256 * 1024


def not_modified(request: HttpRequest, etag: str, modified: Optional[int] = None) -> bool:
    """Whether the browser has this version of a file already."""
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if asked is not None:
        known = {tag.strip()[2:] if tag.strip().startswith("W/") else tag.strip() for tag in asked.split(",")}
        return "*" in known or etag in known
    since = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE") or "")
    return modified is not None and since is not None and modified <= since


def file_answer(request: HttpRequest, path: str, content_type: str, in_loop: bool) -> Optional[HttpResponse]:
    """A file of the disk, or the part of it that was asked for; None where there is none.

    In an event loop its content comes by an iterator of the loop's: another one Django would read as a whole.
    """
    try:
        file = open(path, "rb")
    except (OSError, ValueError):
        return None
    status = os.fstat(file.fileno())
    if not os.path.isfile(path):
        file.close()
        return None
    modified = int(status.st_mtime)
    etag = quote_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}")
    part = _part(request, status.st_size, etag)
    if not_modified(request, etag, modified):
        answer: Any = HttpResponse(status=304)
    elif part is not None and part[0] >= part[1]:
        answer = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{status.st_size}"
    else:
        start, end = part or (0, status.st_size)
        file.seek(start)
        answer = _content(request, file, end - start, in_loop)
        file = None  # type: ignore[assignment]
        if part is not None:
            answer.status_code = 206
            answer["Content-Range"] = f"bytes {start}-{end - 1}/{status.st_size}"
        answer["Content-Length"] = str(end - start)
    if file is not None:
        file.close()
    answer["Content-Type"] = content_type
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(modified)
    answer["Accept-Ranges"] = "bytes"
    return answer


def _part(request: HttpRequest, size: int, etag: str) -> Optional[tuple[int, int]]:
    """From where to where, of `Range: bytes=5-9`; empty where it lies outside; None for the whole."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", request.META.get("HTTP_RANGE", "").strip())
    if not found or not (found[1] or found[2]) or request.META.get("HTTP_IF_RANGE", etag) != etag:
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    # A range that ends before it starts is no range.
    return None if found[2] and int(found[2]) < start else (start, max(end, 0))


def _content(request: HttpRequest, file: "IO[bytes]", length: int, in_loop: bool) -> Any:
    if request.method == "HEAD":
        file.close()
        return HttpResponse()
    if length <= (WHOLE_BYTES if in_loop else CHUNK_BYTES):
        with file:
            return HttpResponse(file.read(length))
    if in_loop and django.VERSION >= (4, 2):
        return StreamingHttpResponse(_chunks_in_loop(file, length))
    handed = None if in_loop else handed_over(request, file, length)
    if handed is not None:
        return handed
    if not in_loop and file.tell() == 0 and length == os.fstat(file.fileno()).st_size:
        # Which some servers send by the kernel alone.
        return FileResponse(file)
    return StreamingHttpResponse(_chunks(file, length))


def _chunks(file: "IO[bytes]", length: int) -> Iterator[bytes]:
    with file:
        while length > 0:
            chunk = file.read(min(CHUNK_BYTES, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk


async def _chunks_in_loop(file: "IO[bytes]", length: int) -> AsyncIterator[bytes]:
    with file:
        while length > 0:
            chunk = await sync_to_async(file.read, thread_sensitive=False)(min(CHUNK_BYTES, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
