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
    """Django's handler of large files, which refuses what would leave too little room."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        folder = settings.FILE_UPLOAD_TEMP_DIR
        if content_length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE or not os.path.isdir(folder):
            return
        if content_length > shutil.disk_usage(folder).free - RESERVED_BYTES:
            raise RequestDataTooBig(f"There is no room for an upload of {content_length} bytes.")
