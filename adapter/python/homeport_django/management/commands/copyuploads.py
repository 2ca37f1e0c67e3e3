"""The uploads of the data volume, copied to the object storage, or back: for a site that changes over."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Copies the uploads in the data volume to the object storage. What is there already is left as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--back", action="store_true", help="from the object storage to the volume")

    def handle(self, *, back: bool, **options: Any) -> None:
        if not getattr(default_storage, "is_homeports_bucket", False):
            raise CommandError("There is no object storage: set homeport:storage.")
        volume = FileSystemStorage(settings.MEDIA_ROOT)
        source, target = (default_storage, volume) if back else (volume, default_storage)
        wanted, there = set(_names(source)), set(_names(target))
        for name in sorted(wanted - there):
            with source.open(name) as file:
                target.save(name, File(file))
        lost = wanted - set(_names(target))
        copied = len(wanted - there - lost)
        self.stdout.write(f"uploads: {copied} copied, {len(wanted & there)} were there, {len(wanted)} in all")
        if lost:
            place = "volume" if back else "object storage"
            raise CommandError(f"Not in the {place}: {', '.join(sorted(lost))}.")


def _names(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of everything in a storage, below a folder."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from _names(storage, f"{folder}{name}/")
