"""The uploads of the data volume, copied to the object storage: what a site needs once when it gets one."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Copies the uploads in DJANGO_DATA_DIR/media to the object storage. What is there already is left as it is."

    def handle(self, **options) -> None:
        if not settings.OBJECT_STORAGE:
            raise CommandError("There is no object storage: give its address by STORAGE_ENDPOINT.")
        folder = Path(settings.MEDIA_ROOT)
        there = set(_names(""))
        wanted = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for name in sorted(wanted - there):
            with (folder / name).open("rb") as file:
                default_storage.save(name, File(file))
        lost = wanted - set(_names(""))
        copied = len(wanted - there - lost)
        self.stdout.write(f"uploads: {copied} copied, {len(wanted & there)} were there, {len(wanted)} in all")
        if lost:
            raise CommandError(f"Not in the object storage: {', '.join(sorted(lost))}.")


def _names(folder: str) -> Iterator[str]:
    """The names of everything in the object storage's part for uploads."""
    folders, files = default_storage.listdir(folder)
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from _names(f"{folder}{name}/")
