"""Where an upload waits until it is complete: on the disk of the data, and only while there is room."""

import os
import shutil
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from homeport_django.site import current

# Below the site's data.
FOLDER = "uploads"
# What uploads leave free on the disk: the database is there, too.
RESERVED_BYTES = 256 * 1024 * 1024
# A process that was killed leaves its unfinished upload behind. Nobody sends one file for a day.
LEFT_BEHIND_SECONDS = 24 * 3600


def prepare() -> None:
    """Makes the folder of unfinished uploads, for this user only, and clears it of what was left behind."""
    folder = os.path.join(current().data, FOLDER)
    if settings.FILE_UPLOAD_TEMP_DIR != folder:
        return
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for entry in os.scandir(folder):
            if ".upload" in entry.name and entry.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS:
                os.unlink(entry.path)
    except OSError:
        # A process that may not write there (a job, a check) receives no uploads.
        return


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Django's handler of large files, which refuses what would leave too little room.

    The room is taken before the first byte is written, so that uploads at the same time count each other.
    """

    _promised = 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        folder = settings.FILE_UPLOAD_TEMP_DIR
        if content_length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE or not os.path.isdir(folder):
            return
        if content_length > _room(folder):
            raise _too_large(content_length)
        self._promised = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self._promised <= 0:
            return
        try:
            os.posix_fallocate(self.file.fileno(), 0, self._promised)
            fits = _room(settings.FILE_UPLOAD_TEMP_DIR) >= 0
        except OSError:
            fits = False
        if not fits:
            self.file.close()
            raise _too_large(self._promised)

    def file_complete(self, file_size: int) -> Any:
        if self._promised > 0:
            os.ftruncate(self.file.fileno(), file_size)
            # What the next file of the same form may need at most.
            self._promised -= file_size
        return super().file_complete(file_size)


def _room(folder: str) -> int:
    return shutil.disk_usage(folder).free - RESERVED_BYTES


def _too_large(length: int) -> RequestDataTooBig:
    return RequestDataTooBig(f"There is no room for an upload of {length} bytes.")
