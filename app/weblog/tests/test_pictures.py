import tempfile

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from weblog.models import Post
from weblog.pictures import inspect
from weblog.tests.factories import example

PNG_HEADER = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


class InspectTest(SimpleTestCase):
    def test_each_kind_is_told_by_its_bytes_not_its_name(self):
        for name, extension in (
            ("harbour.jpg", "jpg"),
            ("tunnel.webp", "webp"),
            ("hills.png", "png"),
            ("night.avif", "avif"),
        ):
            with self.subTest(name):
                picture = inspect(upload("holiday.exe", example(name)))
                self.assertEqual((picture.extension, picture.width, picture.height), (extension, 1200, 675))

    def test_a_picture_taken_upright_is_upright(self):
        turned = (
            b"\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01"
            + b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
            + bytes(4)
        )
        content = example("harbour.jpg")
        picture = inspect(upload("a.jpg", content[:2] + turned + content[2:]))
        self.assertEqual((picture.width, picture.height), (675, 1200))

    def test_what_is_not_a_picture_is_refused_with_the_reason(self):
        hills = example("hills.png")
        giant = hills[:16] + (60_000).to_bytes(4, "big") * 2 + hills[24:]
        cases = (
            ("text", b"hello", "not a JPEG"),
            ("empty", b"", "not a JPEG"),
            ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a JPEG"),
            ("gif", b"GIF89a" + bytes(40), "not a JPEG"),
            ("too large", hills + bytes(5 * 1024 * 1024), "larger than 4 MB"),
            ("too many pixels", giant, "60000 x 60000"),
            ("cut off", PNG_HEADER, "damaged"),
            ("cut off jpeg", b"\xff\xd8\xff\xe0", "damaged"),
        )
        for name, content, reason in cases:
            with self.subTest(name), self.assertRaisesRegex(ValidationError, reason):
                inspect(upload("a.png", content))


class UploadTest(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.enterContext(override_settings(MEDIA_ROOT=folder.name))
        self.client.force_login(get_user_model().objects.create_superuser("editor", first_name="Ada"))

    def add(self, **fields):
        now = timezone.now()
        form = {"title": "T", "slug": "t", "summary": "s", "body": "b", "picture_alt": "A harbour."}
        form |= {"published_0": now.strftime("%Y-%m-%d"), "published_1": now.strftime("%H:%M:%S")}
        return self.client.post("/admin/weblog/post/add/", form | fields)

    def test_an_uploaded_picture_is_named_by_content(self):
        self.assertRedirects(
            self.add(picture=upload("IMG_1234 my home.JPG", example("harbour.jpg"))), "/admin/weblog/post/"
        )
        post = Post.objects.get()
        self.assertRegex(post.picture.name, r"^pictures/[0-9a-f]{24}\.jpg$")
        self.assertEqual((post.picture_width, post.picture_height), (1200, 675))
        self.assertEqual(post.picture.read(), example("harbour.jpg"))
        post.picture.close()

    def test_a_post_names_its_picture_for_previews_elsewhere(self):
        self.add(picture=upload("a.jpg", example("harbour.jpg")))
        post = Post.objects.get()
        self.assertContains(self.client.get("/posts/t/"), f'content="http://testserver{post.picture.url}"')

    def test_a_wrong_picture_is_refused_in_the_form(self):
        answer = self.add(picture=upload("a.jpg", b"<script>"))
        self.assertContains(answer, "not a JPEG, PNG, WebP or AVIF")
        self.assertFalse(Post.objects.exists())

    def test_a_picture_needs_a_description(self):
        answer = self.add(picture=upload("a.jpg", example("harbour.jpg")), picture_alt="")
        self.assertContains(answer, "Say what the picture shows")
