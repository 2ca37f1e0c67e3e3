"""Uploads in a bucket."""

import unittest
from urllib.error import HTTPError
from urllib.request import urlopen

import bucket
from projects import ProjectTest, visitor

SAVE = (
    "from django.core.files.base import ContentFile\n"
    "from django.core.files.storage import default_storage as storage\n"
    "said = [storage.save(name, ContentFile(b'<content>')) for name in ({names})]\n"
)
USE = (
    "from django.core.files.storage import default_storage as storage\n"
    "with storage.open('år/a b.png') as file: content = file.read().decode()\n"
    "said = [content, storage.size('år/a b.png'), str(storage.get_modified_time('år/a b.png')), storage.exists('no'), storage.listdir('')]\n"
    "storage.delete('år/a b.png'); said.append(storage.exists('år/a b.png'))\n"
)


class ObjectStorageTest(ProjectTest):
    def setUp(self) -> None:
        opened = bucket.bucket()
        self.bucket = opened.__enter__()
        self.addCleanup(opened.__exit__, None, None, None)
        self.storage = {
            "endpoint": self.bucket.address,
            "bucket": bucket.NAME,
            "region": bucket.REGION,
            "publicUrl": None,
            "signed": False,
            "acl": None,
        }
        self.project.secret("storage_access_key", bucket.ACCESS_KEY)
        self.project.secret("storage_secret_key", bucket.SECRET_KEY)

    def use(self, **changes: object) -> None:
        self.adjust(storage={**self.storage, **changes})

    def test_uploads_are_kept_found_and_deleted(self):
        self.use()
        saved, said = self.project.do(
            {"run": SAVE.format(names="'år/a b.png', 'år/a b.png', 'page.html', 'c.txt', 'd.txt'")}, {"run": USE}
        )
        self.assertEqual(saved[0], "år/a b.png")
        self.assertRegex(saved[1], r"^år/a_?b_\w{7}\.png$|^år/a b_\w{7}\.png$")
        content, size, modified, missing, listed, deleted = said
        self.assertEqual((content, size, missing, deleted), ("<content>", 9, False, False))
        self.assertTrue(modified.startswith("2026-12-01 03:00:00"))
        self.assertEqual(listed, [["år"], ["c.txt", "d.txt", "page.html"]])
        headers, _ = self.bucket.objects["media/page.html"]
        self.assertEqual((headers["Content-Type"], headers.get("x-amz-acl")), ("application/octet-stream", None))
        self.assertIn("immutable", headers["Cache-Control"])

    def test_addresses_are_public_or_for_an_hour(self):
        self.use(acl="public-read")
        code = SAVE.format(names="'a b.png',") + "said = storage.url('a b.png')"
        (public,) = self.project.do({"run": code})
        self.assertEqual(public, f"{self.bucket.address}/weblog/media/a%20b.png")
        self.assertEqual(self.bucket.objects["media/a b.png"][0]["x-amz-acl"], "public-read")
        self.use(publicUrl="https://cdn.x.test/site/")
        (elsewhere,) = self.project.do({"run": code})
        self.assertRegex(elsewhere, r"^https://cdn\.x\.test/site/media/a%20b\.png$")
        self.use(signed=True, acl="public-read")
        (signed, page) = self.project.do({"run": code}, visitor("/media/a b.png"))
        with urlopen(signed) as answer:
            self.assertEqual(answer.read(), b"<content>")
        with self.assertRaises(HTTPError) as refused:
            urlopen(signed.replace("Expires=3600", "Expires=9999"))
        refused.exception.close()
        # A page has an address that lasts.
        self.assertEqual((page["status"], page["headers"]["cache-control"]), (302, "max-age=600"))
        self.assertIn("X-Amz-Signature=", page["headers"]["location"])
        self.assertTrue(any("x-amz-acl" not in headers for headers, _ in self.bucket.objects.values()))

    def test_a_storage_that_is_away_for_a_moment_is_asked_again(self):
        self.use()
        self.bucket.failing = 1
        self.assertEqual(self.project.do({"run": SAVE.format(names="'a.png',")}), [["a.png"]])
        self.bucket.failing = 9
        with self.assertRaisesRegex(
            AssertionError, r"bucket weblog\) did not do what was asked \(HEAD media/b.png\): it answers 503"
        ):
            self.project.do({"run": SAVE.format(names="'b.png',")})
        self.bucket.failing = 0
        self.project.secret("storage_secret_key", "wrong")
        self.project.stop()
        with self.assertRaisesRegex(AssertionError, "it answers 403") as caught:
            self.project.do({"run": SAVE.format(names="'b.png',")})
        self.assertNotIn("wrong", str(caught.exception))

    def test_uploads_of_the_volume_are_copied_there_and_back(self):
        folder = self.project.data / "media"
        (folder / "films").mkdir(parents=True)
        (folder / "films/a.mp4").write_bytes(b"film")
        (folder / "b.png").write_bytes(b"picture")
        (refused,) = self.project.do({"manage": ["copyuploads"]})
        self.assertIn("There is no object storage", refused["error"])
        self.use()
        copied, again = self.project.do({"manage": ["copyuploads"]}, {"manage": ["copyuploads"]})
        self.assertEqual(copied["out"], "uploads: 2 copied, 0 were there, 2 in all\n")
        self.assertEqual(again["out"], "uploads: 0 copied, 2 were there, 2 in all\n")
        self.assertEqual(self.bucket.objects["media/films/a.mp4"][1], b"film")
        (folder / "films/a.mp4").unlink()
        (back,) = self.project.do({"manage": ["copyuploads", "--back"]})
        self.assertEqual(back["out"], "uploads: 1 copied, 1 were there, 2 in all\n")
        self.assertEqual((folder / "films/a.mp4").read_bytes(), b"film")

    def test_a_project_that_keeps_them_elsewhere_by_itself_is_left_alone(self):
        self.use()
        before = (self.project.code / "mysite/settings.py").read_text()
        self.addCleanup(self.project.write, "mysite/settings.py", before)
        name = "'storages.backends.s3.S3Storage'"
        self.project.settings(
            "import django\nif django.VERSION >= (4, 2): STORAGES = {'default': {'BACKEND': " + name + "}, "
            "'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'}}\n"
            f"else: DEFAULT_FILE_STORAGE = {name}\n"
        )
        (notes,) = self.project.do({"run": "from homeport_django import changes; said = changes.made[0].notes"})
        self.assertTrue(any("storages.backends.s3.S3Storage, which stays" in note for note in notes))


if __name__ == "__main__":
    unittest.main()
