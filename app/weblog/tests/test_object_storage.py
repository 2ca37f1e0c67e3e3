"""Static files and uploads in an object storage."""

import gzip
import os
import socket
import tempfile
from dataclasses import replace
from io import StringIO
from pathlib import Path
from unittest import mock

from botocore.exceptions import BotoCoreError
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.utils import timezone

from mysite import faults, public_files
from mysite.middleware import content_security_policy
from mysite.s3 import BoundedStorage
from weblog.models import Post
from weblog.tests import s3
from weblog.tests.factories import STORAGE, example, make_post

WHITENOISE = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


def collectstatic(**options) -> str:
    output = StringIO()
    call_command("collectstatic", interactive=False, stdout=output, **options)
    return output.getvalue().strip()


class StorageTest(TestCase):
    """With the static files of an image's build, and a bucket that is empty."""

    # What of the site is in the bucket: "default" is Django's name of uploads.
    parts = ("default", "staticfiles")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.built = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        with override_settings(STATIC_ROOT=cls.built, STORAGES=settings.STORAGES | WHITENOISE):
            # The site's own are enough: each file is a request.
            collectstatic(ignore_patterns=["admin"])

    def setUp(self):
        self.enterContext(override_settings(SECURE_SSL_REDIRECT=False, STATIC_ROOT=self.built))
        self.bucket = self.enterContext(s3.bucket())
        self.use()

    def use(self, **changes) -> None:
        endpoint = {"endpoint": self.bucket.address, "public": f"{self.bucket.address}/weblog"}
        storage = replace(STORAGE, **(endpoint | changes))
        storages = settings.STORAGES | {part: storage.storages()[part] for part in self.parts}
        finders = ["mysite.s3.BuiltFiles"]
        self.enterContext(override_settings(OBJECT_STORAGE=storage, STORAGES=storages, STATICFILES_FINDERS=finders))


@mock.patch.object(public_files, "PAUSE_SECONDS", 0)
class StaticFilesTest(StorageTest):
    def test_hashed_files_are_sent_once_and_say_what_they_are(self):
        self.assertRegex(collectstatic(), r"^[5-9] static files copied\.$")
        name = f"static/{staticfiles_storage.stored_name('weblog/base.css')}"
        headers, content = self.bucket.objects[name]
        self.assertEqual(headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual((headers["Content-Type"], headers["Content-Encoding"]), ("text/css", "gzip"))
        self.assertEqual(gzip.decompress(content), (self.built / name.removeprefix("static/")).read_bytes())
        self.assertNotIn("static/weblog/base.css", self.bucket.objects)
        self.assertNotIn("static/staticfiles.json", self.bucket.objects)

    def test_what_is_there_is_neither_sent_again_nor_removed(self):
        name = f"static/{staticfiles_storage.stored_name('weblog/base.css')}"
        self.bucket.objects |= {"static/weblog/base.000000000000.css": ({}, b"of an older version")}
        collectstatic()
        self.bucket.objects.pop(name)
        self.bucket.asked.clear()
        self.use()
        self.assertRegex(collectstatic(), r"^1 static file copied, \d unmodified\.$")
        self.assertEqual(self.bucket.written(), [name])
        self.assertEqual({method for method, _ in self.bucket.asked}, {"GET", "PUT"})
        self.assertIn("static/weblog/base.000000000000.css", self.bucket.objects)

    def test_pages_are_made_without_asking_the_storage(self):
        make_post("a-post")
        self.use(endpoint="http://127.0.0.1:1", public="http://127.0.0.1:1/weblog")
        for path in ("/", "/posts/a-post/"):
            with self.subTest(path):
                self.assertRegex(
                    self.client.get(path).content.decode(), r'href="http://127.0.0.1:1/weblog/static/\S+\.css"'
                )

    def test_where_nobody_may_read_the_bucket_pages_use_the_image_s_own_files(self):
        self.use(signed=True, public=None)
        self.assertRegex(self.client.get("/").content.decode(), r'href="/static/weblog/base\.[0-9a-f]{12}\.css"')
        collectstatic()
        self.assertIn(f"static/{staticfiles_storage.stored_name('weblog/base.css')}", self.bucket.objects)
        self.assertIn("X-Amz-Signature=", staticfiles_storage.signed_url("weblog/base.000000000000.css"))

    def test_an_image_without_static_files_is_told(self):
        with tempfile.TemporaryDirectory() as folder, override_settings(STATIC_ROOT=Path(folder)):
            self.use()
            with self.assertRaisesMessage(ImproperlyConfigured, "run collectstatic without STORAGE_ENDPOINT"):
                collectstatic()

    def test_files_that_visitors_cannot_read_end_the_release_with_what_to_do(self):
        self.bucket.public = False
        with self.assertRaises(ImproperlyConfigured) as caught:
            collectstatic()
        said = str(caught.exception)
        self.assertRegex(said, rf"of {self.bucket.address}/weblog/static/\S+ it was said that it answers 403 Forbidden")
        self.assertRegex(said, r"static/ of the bucket weblog: by storage\.acl public-read .* storage\.publicUrl")
        self.use(public="http://127.0.0.1:1/weblog")
        with self.assertRaisesMessage(ImproperlyConfigured, "it cannot be reached from this server"):
            collectstatic()

    def test_nothing_is_asked_where_pages_use_the_image_s_own_files_or_nothing_is_sent(self):
        self.bucket.public = False
        collectstatic(dry_run=True)
        self.use(signed=True, public=None)
        collectstatic()

    def test_each_file_says_that_anybody_may_read_it_where_that_is_set(self):
        self.bucket.public = False
        self.use(acl="public-read")
        collectstatic()
        names = {name for name in self.bucket.objects if name.startswith("static/")}
        self.assertEqual(self.bucket.acls, dict.fromkeys(names, "public-read"))

    def test_files_of_before_that_was_set_say_it_afterwards(self):
        collectstatic()
        self.bucket.public = False
        self.assertEqual(self.bucket.acls, {})
        self.use(acl="public-read")
        self.assertRegex(collectstatic(), r"^0 static files copied, \d unmodified\.$")
        self.assertEqual(set(self.bucket.acls), set(self.bucket.objects))

    def said_of(self, endpoint: str) -> str:
        self.use(endpoint=endpoint)
        with self.assertRaises(BotoCoreError) as caught:
            collectstatic()
        return faults.sentence(caught.exception)

    def test_a_storage_that_is_away_is_one_sentence(self):
        said = self.said_of("http://127.0.0.1:1")
        self.assertTrue(said.startswith("The object storage http://127.0.0.1:1 (bucket weblog) did not do what was "))
        self.assertIn("Could not connect", said)
        self.assertNotIn("geheim", said)

    def test_a_storage_that_never_answers_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            with mock.patch.object(BoundedStorage, "READ_SECONDS", 0.2):
                self.assertIn("Read timeout", self.said_of(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        longest = (BoundedStorage.CONNECT_SECONDS + BoundedStorage.READ_SECONDS) * BoundedStorage.ATTEMPTS
        self.assertLess(longest, 30)


class MediaTest(StorageTest):
    parts = ("default",)

    def setUp(self):
        super().setUp()
        self.client.force_login(get_user_model().objects.create_superuser("editor"))

    def add(self, slug: str, content: bytes):
        now = timezone.now()
        form = {"title": "T", "slug": slug, "summary": "s", "body": "b", "picture_alt": "A harbour."}
        form |= {"published_0": now.strftime("%Y-%m-%d"), "published_1": now.strftime("%H:%M:%S")}
        picture = SimpleUploadedFile("my home.html", content, content_type="text/html")
        return self.client.post("/admin/weblog/post/add/", form | {"picture": picture})

    def test_a_picture_goes_to_the_bucket_as_what_it_is_and_not_as_the_browser_says(self):
        self.assertRedirects(self.add("one", example("night.avif")), "/admin/weblog/post/")
        post = Post.objects.get()
        headers, content = self.bucket.objects[f"media/{post.picture.name}"]
        self.assertEqual(content, example("night.avif"))
        self.assertEqual(headers["Content-Type"], "image/avif")
        self.assertIn("immutable", headers["Cache-Control"])
        self.assertEqual(post.picture.url, f"{self.bucket.address}/weblog/media/{post.picture.name}")
        self.assertEqual((post.picture_width, post.picture_height), (1200, 675))

    def test_a_picture_says_that_anybody_may_read_it_unless_its_addresses_are_signed(self):
        self.use(acl="public-read", signed=True, public=None)
        default_storage.save("one.png", ContentFile(b"x"))
        self.assertEqual(self.bucket.acls, {})
        self.use(acl="public-read")
        default_storage.save("two.png", ContentFile(b"x"))
        self.assertEqual(self.bucket.acls, {"media/two.png": "public-read"})

    def test_a_wrong_picture_is_refused_before_the_storage_sees_it(self):
        self.assertContains(self.add("one", b"<script>"), "not a JPEG, PNG, WebP or AVIF")
        self.assertEqual(self.bucket.asked, [])

    def test_a_name_that_is_taken_is_not_written_again(self):
        self.add("one", example("night.avif"))
        self.add("two", example("night.avif"))
        self.assertEqual(len({post.picture.name for post in Post.objects.all()}), 2)
        self.assertEqual(len(self.bucket.written()), 2)

    def test_a_post_with_a_picture_is_changed_without_fetching_it(self):
        self.add("one", example("night.avif"))
        self.bucket.asked.clear()
        post = Post.objects.get()
        post.title = "Changed"
        post.full_clean()
        post.save()
        self.assertEqual((post.picture_width, self.bucket.asked), (1200, []))

    def test_what_could_hold_a_script_is_nothing_a_browser_shows(self):
        for name, kind in (("a.html", None), ("a.svg", None), ("a.js", None), ("a", None), ("a.png", "image/png")):
            with self.subTest(name):
                stored = default_storage.save(name, ContentFile(b"x"))
                headers, _ = self.bucket.objects[f"media/{stored}"]
                self.assertEqual(headers["Content-Type"], kind or "application/octet-stream")

    def test_the_address_of_a_picture_on_this_site_leads_to_the_storage(self):
        answer = self.client.get("/media/pictures/a.png")
        expected = (302, f"{self.bucket.address}/weblog/media/pictures/a.png")
        self.assertEqual((answer.status_code, answer["Location"]), expected)
        for path in ("../a.png", "x.html", "pictures/"):
            self.assertEqual(self.client.get(f"/media/{path}").status_code, 404)

    def test_uploads_move_to_the_bucket_once(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        for name in ("pictures/a.png", "pictures/b.png", "c.png"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(name.encode())
        self.bucket.objects["media/pictures/b.png"] = ({}, b"as it is")
        said = StringIO()
        call_command("copyuploads", stdout=said)
        call_command("copyuploads", stdout=said)
        counts = ["uploads: 2 copied, 1 were there, 3 in all", "uploads: 0 copied, 3 were there, 3 in all"]
        self.assertEqual(said.getvalue().splitlines(), counts)
        contents = {name: content for name, (_, content) in self.bucket.objects.items()}
        expected = {"media/pictures/a.png": b"pictures/a.png", "media/pictures/b.png": b"as it is"}
        self.assertEqual(contents, expected | {"media/c.png": b"c.png"})

    def test_uploads_move_back_to_the_volume(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "media"
        self.enterContext(override_settings(MEDIA_ROOT=folder))
        for name in ("pictures/a.png", "c.png"):
            self.bucket.objects[f"media/{name}"] = ({}, name.encode())
        said = StringIO()
        call_command("copyuploads", back=True, stdout=said)
        call_command("copyuploads", back=True, stdout=said)
        counts = ["uploads: 2 copied, 0 were there, 2 in all", "uploads: 0 copied, 2 were there, 2 in all"]
        self.assertEqual(said.getvalue().splitlines(), counts)
        self.assertEqual((folder / "pictures" / "a.png").read_bytes(), b"pictures/a.png")

    def test_signed_addresses_are_signed_and_end(self):
        self.use(signed=True, public=None)
        url = default_storage.url("pictures/a.png")
        self.assertTrue(url.startswith(f"{self.bucket.address}/weblog/media/pictures/a.png?"), url)
        self.assertIn("X-Amz-Expires=3600", url)
        self.assertNotIn("geheim", url)

    def test_pages_may_load_from_the_storage_and_nowhere_else(self):
        policy = self.client.get("/")["Content-Security-Policy"]
        self.assertIn(f"img-src 'self' {self.bucket.address};", policy)
        self.assertEqual(policy, content_security_policy([self.bucket.address]))
