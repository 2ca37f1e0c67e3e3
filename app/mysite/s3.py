"""Static files and uploads in an object storage, by django-storages. Loaded only where there is one."""

import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import filepath_to_uri
from django.views.decorators.http import require_safe
from storages.backends.s3 import S3Storage

from mysite import public_files

# Names change with their content, so that nothing need be asked for twice.
FOR_EVER = "public, max-age=31536000, immutable"
# Python 3.11 does not know these by itself.
for kind in ("avif", "webp"):
    mimetypes.add_type(f"image/{kind}", f".{kind}")


class BoundedStorage(S3Storage):
    """With time limits: a storage that is away is known after half a minute at most, and not after several."""

    CONNECT_SECONDS = 4
    READ_SECONDS = 8
    ATTEMPTS = 2

    _lock = Lock()
    _connection = None

    def get_default_settings(self) -> dict:
        client = Config(
            connect_timeout=self.CONNECT_SECONDS,
            read_timeout=self.READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": self.ATTEMPTS},
            signature_version="s3v4",
            # Of the bucket's name in the host name, a storage of one's own knows nothing.
            s3={"addressing_style": "path"},
            # Newer checksums are Amazon's own; others answer them with an error.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # Threads would each hold a part of a large file in memory.
        transfer = TransferConfig(use_threads=False)
        return super().get_default_settings() | {
            "client_config": client,
            "transfer_config": transfer,
            # What is read is kept in memory up to this size.
            "max_memory_size": 4 * 1024 * 1024,
            "object_parameters": {"CacheControl": FOR_EVER},
        }

    @property
    def connection(self):
        """One for all threads, each of which would hold a description of S3 of its own: 10 MB."""
        with self._lock:
            if self._connection is None:
                self._connection = super().connection
            return self._connection


class MediaStorage(BoundedStorage):
    """Uploads. A name that is taken is never written again."""

    def get_default_settings(self) -> dict:
        return super().get_default_settings() | {"file_overwrite": False}

    def get_object_parameters(self, name: str) -> dict:
        """With the kind of file by its name, not as the uploading browser says; nothing that could hold a script."""
        kind = mimetypes.guess_type(name)[0] or ""
        shown = kind.partition("/")[0] in ("audio", "image", "video") and kind != "image/svg+xml"
        return super().get_object_parameters(name) | {"ContentType": kind if shown else "application/octet-stream"}


class StaticStorage(ManifestFilesMixin, BoundedStorage):
    """Static files by the names that the image's build gave them, so that pages need no storage to be made."""

    def __init__(self, **options) -> None:
        super().__init__(manifest_storage=FileSystemStorage(settings.STATIC_ROOT), **options)

    def get_default_settings(self) -> dict:
        return super().get_default_settings() | {"gzip": True}

    def url(self, name: str | None, force: bool = False) -> str:
        """Where nobody may read the bucket, the image's own copy: a signature does not reach what a style refers to."""
        if self.custom_domain:
            return super().url(name, force)
        return settings.STATIC_URL + filepath_to_uri(self.stored_name(name))

    def signed_url(self, name: str) -> str:
        return S3Storage.url(self, name)

    @cached_property
    def _there(self) -> frozenset[str]:
        """The names of all files, by one question for a thousand of them."""
        prefix = f"{self.location}/"
        return frozenset(item.key.removeprefix(prefix) for item in self.bucket.objects.filter(Prefix=prefix))

    def exists(self, name: str) -> bool:
        return name in self._there

    def get_modified_time(self, name: str) -> datetime:
        """Never older than what `collectstatic` has: with the same name it is the same."""
        return datetime.max.replace(tzinfo=UTC)

    def post_process(self, *args, dry_run: bool = False, **options) -> tuple:
        """The names have their hashes already. What is left is to see whether visitors can read the files."""
        names = sorted(set(self.hashed_files.values()))
        if self.custom_domain and names and not dry_run:
            self._refuse_unreadable(names)
        return ()

    def _refuse_unreadable(self, names: list[str]) -> None:
        """A site without its styles would be deployed otherwise, and nobody told."""
        address = S3Storage.url(self, names[0])
        said = public_files.refusal(address, self.verify)
        if said and self.default_acl:
            # Files of before that was set are not sent again.
            for name in names:
                self.bucket.Object(f"{self.location}/{name}").Acl().put(ACL=self.default_acl)
            said = public_files.refusal(address, self.verify)
        if said:
            raise ImproperlyConfigured(
                f"Visitors cannot read the static files: of {address} it was said that {said}. Let anybody read "
                f"{self.location}/ of the bucket {self.bucket_name}: by storage.acl public-read (DigitalOcean Spaces "
                "and others with ACLs), by a policy of the bucket (AWS, MinIO), or by the bucket's public address as "
                "storage.publicUrl (Cloudflare R2, a CDN)."
            )


class BuiltFiles(BaseFinder):
    """What `collectstatic` sends to the storage: the files that it made itself when the image was built."""

    def list(self, ignore_patterns) -> Iterator[tuple[str, FileSystemStorage]]:
        built = FileSystemStorage(settings.STATIC_ROOT)
        names = staticfiles_storage.hashed_files.values()
        if not names:
            raise ImproperlyConfigured(
                f"There is no {settings.STATIC_ROOT / 'staticfiles.json'}: run collectstatic without STORAGE_ENDPOINT "
                "when the image is built."
            )
        for name in sorted(set(names)):
            yield name, built

    def find(self, path: str, find_all: bool = False, **options) -> list:
        return []

    def check(self, **options) -> list:
        return []


@require_safe
def other_version(request: HttpRequest, path: str) -> HttpResponse:
    """A static file that this image does not have: while a new version is rolled out, a page may be another one's."""
    return redirect(staticfiles_storage.signed_url(path))
