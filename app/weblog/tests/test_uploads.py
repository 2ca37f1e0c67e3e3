"""Large uploads wait on the disk of the data, in files that end with their process."""

import stat
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, SimpleTestCase, override_settings

from mysite.uploads import RESERVED_BYTES, UnnamedFileUploadHandler, directory

LARGE = bytes(range(256)) * 12_000


class UploadTest(SimpleTestCase):
    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.uploads = folder / "data" / "uploads"
        self.enterContext(override_settings(UPLOADS_DIR=self.uploads))

    def sent(self, content: bytes):
        file = SimpleUploadedFile("film.bin", content, content_type="video/mp4")
        return RequestFactory().post("/", {"file": file}).FILES["file"]

    def test_a_large_file_is_on_the_disk_and_has_no_name_that_could_stay_behind(self):
        with self.sent(LARGE) as file:
            self.assertEqual((file.name, file.content_type, file.size), ("film.bin", "video/mp4", len(LARGE)))
            self.assertEqual(file.read(), LARGE)
            self.assertEqual(Path(f"/proc/self/fd/{file.fileno()}").readlink().parent, self.uploads)
            self.assertEqual(list(self.uploads.iterdir()), [])

    def test_a_small_file_stays_in_memory(self):
        self.assertEqual(self.sent(b"small").read(), b"small")
        self.assertFalse(self.uploads.exists())

    def test_the_directory_is_for_this_user_only(self):
        self.assertEqual(stat.S_IMODE(directory().stat().st_mode), 0o700)

    def test_an_upload_leaves_room_for_the_database(self):
        disk = SimpleNamespace(free=RESERVED_BYTES + 1_000_000)
        with mock.patch("shutil.disk_usage", return_value=disk), self.assertRaises(RequestDataTooBig):
            self.sent(LARGE)

    def test_an_upload_that_is_cut_off_is_closed(self):
        handler = UnnamedFileUploadHandler()
        handler.new_file("file", "film.bin", "video/mp4", None)
        handler.receive_data_chunk(LARGE, 0)
        handler.upload_interrupted()
        self.assertTrue(handler.file.closed)
