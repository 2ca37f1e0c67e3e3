"""Where an upload waits until it is complete: in a file without a name on the disk of the data.

Not in /tmp, which is memory in a container and would count against its limit. A file without a name (Python's
TemporaryFile) ends with its process, however that ends, so a worker that was killed leaves nothing behind.
"""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# What uploads leave free on the disk: the database is there, too.
RESERVED_BYTES = 256 * 1024 * 1024


def directory() -> Path:
    """The directory of unfinished uploads, made when it is first needed, for this user only."""
    path = Path(settings.UPLOADS_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


class UnnamedFileUploadHandler(FileUploadHandler):
    """Takes what Django's MemoryFileUploadHandler leaves: whatever is larger than FILE_UPLOAD_MAX_MEMORY_SIZE."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None) -> None:
        if content_length <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            return
        free = shutil.disk_usage(directory()).free - RESERVED_BYTES
        if content_length > free:
            raise RequestDataTooBig(f"There is no room for an upload of {content_length} bytes.")

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        file = tempfile.TemporaryFile(dir=directory())
        self.file = UploadedFile(file, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
