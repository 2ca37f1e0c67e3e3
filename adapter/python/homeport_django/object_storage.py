"""Uploads in a bucket of the stack's settings, as Django's storage; names that are taken are never written again."""

import mimetypes
import posixpath
import tempfile
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from typing import IO, Any, Optional
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from homeport_django.s3 import Bucket
from homeport_django.site import current, secret, secret_file

# Names change with their content, so that nothing need be asked for twice.
FOR_EVER = "public, max-age=31536000, immutable"
SIGNED_SECONDS = 3600
FOLDER = "media"
# What is read is kept in memory up to this size.
IN_MEMORY_BYTES = 4 * 1024 * 1024


@cache
def bucket() -> Bucket:
    """The bucket of this process."""
    said = current().storage or {}
    access_key, secret_key = secret("storage_access_key"), secret("storage_secret_key")
    if not (access_key and secret_key and said.get("endpoint") and said.get("bucket")):
        raise ImproperlyConfigured("The object storage is not described: see homeport:storage in the stack's settings.")
    authority = secret_file("storage_ca.pem")
    return Bucket(
        endpoint=str(said["endpoint"]),
        name=str(said["bucket"]),
        region=str(said.get("region") or "us-east-1"),
        access_key=access_key,
        secret_key=secret_key,
        ca_file=str(authority) if authority.is_file() else None,
    )


@deconstructible
class ObjectStorage(Storage):
    """Below `media/` of the bucket. What the bucket does not do raises OSError, with its words."""

    # By which `media` and `copyuploads` know it behind Django's lazy default_storage.
    is_homeports_bucket = True

    def _open(self, name: str, mode: str = "rb") -> File:
        if "w" in mode or "a" in mode or "+" in mode:
            raise ValueError("A file of the object storage cannot be changed: save it under a new name.")
        content = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)
        bucket().get(_key(name), content)
        content.seek(0)
        return File(content, name)

    def _save(self, name: str, content: Any) -> str:
        # With the kind of file by its name, not as the uploading browser says; nothing that could hold a script.
        kind = mimetypes.guess_type(name)[0] or ""
        shown = kind.partition("/")[0] in ("audio", "image", "video") and kind != "image/svg+xml"
        headers = {"Content-Type": kind if shown else "application/octet-stream", "Cache-Control": FOR_EVER}
        said = current().storage or {}
        if said.get("acl") and not said.get("signed"):
            headers["x-amz-acl"] = str(said["acl"])
        body, length = _readable(content)
        try:
            bucket().put(_key(name), body, length, headers)
        finally:
            if body is not content:
                body.close()
        return name

    def delete(self, name: str) -> None:
        bucket().delete(_key(name))

    def exists(self, name: str) -> bool:
        return bucket().head(_key(name)) is not None

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        prefix = f"{FOLDER}/{path.strip('/')}/" if path.strip("/") else f"{FOLDER}/"
        folders, files = bucket().below(prefix)
        return [name[len(prefix) :].rstrip("/") for name in folders], [
            key[len(prefix) :] for key in files if key != prefix
        ]

    def size(self, name: str) -> int:
        return int(self._head(name).get("content-length") or 0)

    def get_modified_time(self, name: str) -> datetime:
        said = self._head(name).get("last-modified")
        moment = parsedate_to_datetime(said) if said else datetime.fromtimestamp(0, timezone.utc)
        return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)

    def _head(self, name: str) -> dict[str, str]:
        found = bucket().head(_key(name))
        if found is None:
            raise FileNotFoundError(name)
        return found

    def url(self, name: Optional[str]) -> str:
        """The address in the bucket, or below its public one; signed for an hour where nobody may read it."""
        said = current().storage or {}
        key = _key(name or "")
        if said.get("signed"):
            return bucket().signed_url(key, SIGNED_SECONDS)
        public = said.get("publicUrl") or f"{str(said['endpoint']).rstrip('/')}/{said['bucket']}"
        return f"{str(public).rstrip('/')}/{quote(key)}"


def _key(name: str) -> str:
    path = posixpath.normpath(str(name).replace("\\", "/"))
    if path.startswith(("/", "../")) or path in ("", ".", ".."):
        raise SuspiciousFileOperation(f"{name!r} is no name of an upload.")
    return f"{FOLDER}/{path}"


def _readable(content: Any) -> "tuple[IO[bytes], int]":
    """The content as a file of bytes that can be read twice, and its length."""
    file = getattr(content, "file", content)
    try:
        file.seek(0)
        first = file.read(0)
        if isinstance(first, bytes):
            return file, int(content.size)
    except (AttributeError, OSError, TypeError, ValueError):
        pass
    copy = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)
    for chunk in content.chunks():
        copy.write(chunk.encode() if isinstance(chunk, str) else chunk)
    length = copy.tell()
    copy.seek(0)
    return copy, length  # type: ignore[return-value]
