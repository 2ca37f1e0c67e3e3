"""Uploads and static files: where they lie, and who serves them."""

import os
import shutil
from pathlib import Path
from typing import Any

from homeport_django.changes import Draft
from homeport_django.site import Site, secret, secret_file

FILES_IN_A_FOLDER = "django.core.files.storage.FileSystemStorage"
# Django moved it in 4.2, and both names are in use.
_IN_A_FOLDER = (FILES_IN_A_FOLDER, "django.core.files.storage.filesystem.FileSystemStorage")
OBJECT_STORAGE = "homeport_django.object_storage.ObjectStorage"
STATIC_STORAGE = "homeport_django.static.HashedStaticFiles"
# Servers of files that an image may bring: they know only the names that lie in STATIC_ROOT.
_FILE_SERVERS = ("nginx", "apache2", "httpd", "caddy", "lighttpd")

HERE, PROJECT = "homeport", "project"

_OLD_NAMES = {"default": "DEFAULT_FILE_STORAGE", "staticfiles": "STATICFILES_STORAGE"}


def _storage(draft: Draft, alias: str) -> dict[str, Any]:
    """The entry of STORAGES, also where Django is too old to have them."""
    import django

    if django.VERSION >= (4, 2):
        return dict((draft.get("STORAGES") or {}).get(alias) or {})
    return {"BACKEND": draft.get(_OLD_NAMES[alias])}


def _use_storage(draft: Draft, alias: str, entry: dict[str, Any], why: str) -> None:
    import django

    was, now = f"{alias}: {_storage(draft, alias).get('BACKEND') or 'none'}", f"{alias}: {entry['BACKEND']}"
    if django.VERSION >= (4, 2):
        draft.set("STORAGES", {**(draft.get("STORAGES") or {}), alias: entry}, why, was=was, now=now)
    else:
        draft.set(_OLD_NAMES[alias], entry["BACKEND"], why)


def media(site: Site, draft: Draft) -> None:
    """MEDIA_ROOT in a volume. MEDIA_URL gets a value only where the project says nothing of uploads at all:

    with a folder and no address, its files are for those only whom the project's own views let see them.
    """
    entry = _storage(draft, "default")
    if entry.get("BACKEND") not in _IN_A_FOLDER:
        return
    root = draft.get("MEDIA_ROOT")
    if not root and not draft.get("MEDIA_URL"):
        draft.set("MEDIA_URL", "/media/", "uploads have an address")
    if not root or not site.outlives(root):
        if root and _has_files(root):
            draft.note(f"The image has files in {os.fspath(root)}: they are not among the site's uploads.")
        draft.set(
            "MEDIA_ROOT",
            os.fspath(site.data / "media"),
            f"{site.data} outlives a deploy",
            was=repr(os.fspath(root)) if root else "empty",
        )
    location = (entry.get("OPTIONS") or {}).get("location")
    if location and not site.outlives(location):
        options = {**entry["OPTIONS"], "location": os.fspath(site.data / "media")}
        _use_storage(draft, "default", {**entry, "OPTIONS": options}, f"{site.data} outlives a deploy")


def storage(site: Site, draft: Draft) -> None:
    """Uploads in the bucket of the stack's settings, unless the project keeps them elsewhere by itself."""
    if not site.storage:
        return
    backend = _storage(draft, "default").get("BACKEND")
    if backend not in _IN_A_FOLDER:
        draft.note(f"The project keeps its uploads by {backend}, which stays: the stack's storage is not used.")
        return
    missing = [str(secret_file(name)) for name in ("storage_access_key", "storage_secret_key") if not secret(name)]
    if missing:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(
            f"There is no {' and no '.join(missing)}, which must hold the key of the object storage: "
            "see homeport:storage in the stack's settings."
        )
    _use_storage(draft, "default", {"BACKEND": OBJECT_STORAGE}, "the stack's settings name a bucket")


def static(site: Site, draft: Draft) -> None:
    """Static files by names with a hash, straight from the apps, where nobody collected them for this server.

    WhiteNoise with what `collectstatic` made is left alone, and so is a storage outside of this container.
    """
    draft.decided["static"] = PROJECT
    url = draft.get("STATIC_URL") or ""
    installed = any(str(app).startswith("django.contrib.staticfiles") for app in draft.get("INSTALLED_APPS") or [])
    if not installed or not url or "//" in url:
        return
    backend = str(_storage(draft, "staticfiles").get("BACKEND") or "")
    root = draft.get("STATIC_ROOT")
    collected = _is_collected(draft, root)
    by_manifest = "Manifest" in backend
    usable = collected and (not by_manifest or os.path.isfile(os.path.join(root, "staticfiles.json")))
    if not backend.startswith(("django.", "whitenoise.")) and backend and not usable:
        draft.note(f"Static files are the project's own matter, because they are kept by {backend}.")
        return
    if usable and any("whitenoise" in str(name).lower() for name in draft.get("MIDDLEWARE") or []):
        return
    draft.decided["static"] = HERE
    if usable and (by_manifest or any(shutil.which(name) for name in _FILE_SERVERS)):
        return
    why = "names with a hash can be kept for ever by browsers" if collected else "collectstatic was not run"
    _use_storage(draft, "staticfiles", {"BACKEND": STATIC_STORAGE}, why)


def _is_collected(draft: Draft, root: Any) -> bool:
    """Whether STATIC_ROOT has what `collectstatic` makes. A folder of the project's own sources lacks the admin's."""
    if not root or not _has_files(root):
        return False
    has_admin = any(str(app).startswith("django.contrib.admin") for app in draft.get("INSTALLED_APPS") or [])
    return not has_admin or os.path.isdir(os.path.join(root, "admin"))


def _has_files(folder: Any) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def uploads(site: Site, draft: Draft) -> None:
    """Large uploads wait on the disk of the data: /tmp is memory in a container and counts against its limit."""
    if draft.get("FILE_UPLOAD_TEMP_DIR"):
        return
    waiting = os.fspath(Path(site.data, "uploads"))
    draft.set("FILE_UPLOAD_TEMP_DIR", waiting, "the container's /tmp is memory")
    theirs = "django.core.files.uploadhandler.TemporaryFileUploadHandler"
    handlers: list[str] = list(draft.get("FILE_UPLOAD_HANDLERS") or [])
    if theirs in handlers:
        ours = "homeport_django.uploads.RoomyUploadHandler"
        changed = [ours if handler == theirs else handler for handler in handlers]
        draft.set("FILE_UPLOAD_HANDLERS", changed, "the database needs room on the same disk", now=ours, was=theirs)
