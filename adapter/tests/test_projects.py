"""Projects that do something in their own way: it is left alone where it is right, and their admins are found."""

import json
import unittest

from projects import ProjectTest, directly, visitor

WHITENOISE = """
MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
STATIC_ROOT = BASE_DIR / "staticfiles"
DEBUG = False
ALLOWED_HOSTS = [".x.test", "pi.lan"]
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "private"
SECURE_HSTS_SECONDS = 60
LOGGING = {"version": 1, "disable_existing_loggers": False}
"""
MANIFEST = '"django.contrib.staticfiles.storage.ManifestStaticFilesStorage"'
STORAGES = f"""
import django
if django.VERSION >= (4, 2):
    STORAGES = {{"default": {{"BACKEND": "django.core.files.storage.FileSystemStorage"}}, "staticfiles": {{"BACKEND": {MANIFEST}}}}}
else:
    STATICFILES_STORAGE = {MANIFEST}
"""
ENVIRONMENT = """
import os
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "True") == "True"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "NAME": "shop", "USER": "u", "PASSWORD": "hidden", "HOST": "db"}}
MEDIA_ROOT = "/srv/documents"
INSTALLED_APPS = tuple(INSTALLED_APPS)
FILE_UPLOAD_TEMP_DIR = "/srv/tmp"
"""
USER = """
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Manager(BaseUserManager):
    def create_superuser(self, email, name, password):
        user = self.model(email=email, name=name, size=1, is_staff=True, is_superuser=True)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=50)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    size = models.IntegerField()
    objects = Manager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
"""
LANGUAGES = """
MIDDLEWARE.insert(3, "django.middleware.locale.LocaleMiddleware")
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_CODE = "en"
"""
ADMINS = """
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path, re_path

staff = admin.AdminSite("staff")
pages = [path("", lambda request: HttpResponse("home"), name="wagtailadmin_home"), path("login/", lambda request: HttpResponse("login"))]
urlpatterns = [
    re_path(r"^back\\-office/", include([path("deep/", admin.site.urls)])),
    path("shops/<slug:shop>/admin/", staff.urls),
    path("cms/", include(pages)),
    re_path("^media/(?P<path>.*)$", lambda request, path: HttpResponse("only for you")),
] + i18n_patterns(path("admin/", admin.site.urls))
"""


class WhiteNoiseTest(ProjectTest):
    """An own way in everything; static files collected when the image was built."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project.settings(WHITENOISE + STORAGES)
        cls.project.write("private/report.pdf", "secret")

    def collect(self) -> None:
        environment, self.project.environment = self.project.environment, {"HOMEPORT_SITE": ""}
        done = self.project.run("manage.py", "collectstatic", "--noinput", "-v", "0")
        self.project.environment = environment
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(self.project.run, "-c", "import shutil; shutil.rmtree('staticfiles')")

    def test_what_is_right_is_left_alone(self):
        self.collect()
        self.addCleanup(self.project.stop)
        page, report, media = self.project.do(
            visitor("/admin/login/"), directly("/.homeport/report"), visitor("/media/report.pdf")
        )
        self.assertRegex(page["body"], r"/static/admin/css/base\.[0-9a-f]{12}\.css")
        report = json.loads(report["body"])
        self.assertEqual(report["static"]["by"], "project")
        for setting in ("ALLOWED_HOSTS", "DEBUG", "STORAGES", "STATICFILES_STORAGE", "SECURE_HSTS_SECONDS", "LOGGING"):
            self.assertIsNone(self.changed(report, setting), setting)
        self.assertIsNone(self.changed(report, "MEDIA_URL"))
        self.assertEqual(self.changed(report, "MEDIA_ROOT")["now"], repr(str(self.project.data / "media")))
        self.assertTrue(any("The image has files in" in note and "/private" in note for note in report["notes"]))
        self.assertEqual(media["status"], 404)
        name = page["body"].partition('href="')[2].partition('"')[0]
        other = "/static/admin/css/base.0123456789ab.css"
        sheet, another, missing = self.project.do(visitor(name), visitor(other), visitor("/static/x.0123456789ab.css"))
        self.assertEqual((sheet["status"], "immutable" in sheet["headers"]["cache-control"]), (200, True))
        # Another version's, for a page that asks this server while that one is rolled out.
        self.assertEqual((another["status"], another["headers"]["cache-control"]), (200, "max-age=60"))
        self.assertEqual(missing["status"], 404)

    def test_where_nothing_was_collected_pages_have_their_styles_all_the_same(self):
        self.addCleanup(self.project.stop)
        page, report = self.project.do(visitor("/admin/login/"), directly("/.homeport/report"))
        self.assertEqual(json.loads(report["body"])["static"]["by"], "homeport")
        name = page["body"].partition('href="')[2].partition('"')[0]
        (sheet,) = self.project.do(visitor(name))
        self.assertEqual((sheet["status"], "immutable" in sheet["headers"]["cache-control"]), (200, True))

    def test_a_volume_of_the_projects_own_is_as_good_as_ours(self):
        self.adjust(volumes=[str(self.project.code / "private")])
        (report,) = self.project.do(directly("/.homeport/report"))
        self.assertIsNone(self.changed(json.loads(report["body"]), "MEDIA_ROOT"))


class CollectedTest(ProjectTest):
    """Static files collected, and nothing to serve them."""

    def test_they_are_served_from_where_they_were_collected(self):
        self.project.settings("STATIC_ROOT = BASE_DIR / 'collected'\n")
        self.project.environment = {"HOMEPORT_SITE": ""}
        self.project.run("manage.py", "collectstatic", "--noinput")
        self.project.environment = {}
        self.project.write("collected/only.txt", "made by the build")
        page, only = self.project.do(visitor("/admin/login/"), visitor("/static/only.txt"))
        self.assertEqual((only["status"], only["body"]), (200, "made by the build"))
        self.assertRegex(page["body"], r"/static/admin/css/base\.[0-9a-f]{12}\.css")


class EnvironmentTest(ProjectTest):
    """Settings from variables, a database and files of the project's own, and no administrator to make."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.project.settings(ENVIRONMENT)
        cls.project.environment["SECRET_KEY"] = "theirs"

    def test_another_kind_of_database_stays_and_files_without_an_address_are_not_served(self):
        hosts, debug, media_url, apps, code = self.project_settings()
        self.assertEqual(hosts[:3], ["www.x.test", "x.test", "pi.lan"])
        self.assertNotIn("*", hosts)
        self.assertEqual((debug, media_url, apps), (False, "/", "homeport_django"))
        changes, notes, databases = code
        self.assertNotIn("DATABASES", changes)
        self.assertNotIn("FILE_UPLOAD_TEMP_DIR", changes)
        self.assertIn("MEDIA_ROOT", changes)
        self.assertTrue(any("MySQL shop at db" in note or "mysql shop at db" in note for note in notes), notes)
        self.assertNotIn("hidden", json.dumps(notes))

    def project_settings(self):
        code = (
            "from django.conf import settings as s; from homeport_django import changes, media\n"
            "s.DEBUG; made = changes.made[0].describe()\n"
            "said = [s.ALLOWED_HOSTS, s.DEBUG, s.MEDIA_URL, s.INSTALLED_APPS[-1], "
            "[[line['setting'] for line in made['set']], made['notes'], media.address()]]\n"
        )
        # Its driver is not installed, so Django cannot be set up.
        done = self.project.run("-c", SETTINGS_ONLY + code + "print(json.dumps(said))")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)[-1][-1], "")
        return json.loads(done.stdout)


SETTINGS_ONLY = "import os, json; os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'\n"


class UserTest(ProjectTest):
    """Users who are known by their address."""

    def test_an_administrator_gets_an_address_of_the_site(self):
        self.project.app("people", USER)
        self.project.settings("AUTH_USER_MODEL = 'people.User'\n")
        check = "from people.models import User; said = list(User.objects.values_list('email', 'name', 'is_superuser'))"
        *_, made, again, found = self.project.do(
            {"manage": ["makemigrations", "people"]},
            {"manage": ["migrate"]},
            {"manage": ["ensureadmin"]},
            {"manage": ["ensureadmin"]},
            {"run": check},
        )
        self.assertEqual(made["out"], "administrator admin@www.x.test: created\n")
        self.assertEqual(again["out"], "administrator admin@www.x.test: unchanged\n")
        self.assertEqual(found, [["admin@www.x.test", "admin", True]])
        self.project.stop()
        models = self.project.code / "people/models.py"
        text = models.read_text()
        models.write_text(text.replace('["name"]', '["name", "size"]'))
        (refused,) = self.project.do({"manage": ["ensureadmin", "--user", "second@x.test"]})
        self.assertIn("requires size, which only you know", refused["error"])
        models.write_text(text.replace("create_superuser", "make"))
        self.project.stop()
        (refused,) = self.project.do({"manage": ["ensureadmin", "--user", "second@x.test"]})
        self.assertIn("people.User has no create_superuser", refused["error"])


class NoUsersTest(ProjectTest):
    """A site without users, sessions, static files or tables."""

    def test_there_is_nothing_to_say(self):
        self.project.settings("INSTALLED_APPS = []\nMIDDLEWARE = []\nROOT_URLCONF = 'mysite.pages'\nTEMPLATES = []\n")
        self.project.write("mysite/pages.py", "urlpatterns = []\n")
        said, health, report, migrated = self.project.do(
            {"manage": ["ensureadmin"]},
            directly("/.homeport/health"),
            directly("/.homeport/report"),
            {"manage": ["migrate"], "options": {"verbosity": 0}},
        )
        self.assertEqual(said["out"], "administrator: none, because django.contrib.auth is not installed\n")
        self.assertEqual((health["status"], report["status"]), (200, 200), health["body"])
        found = json.loads(report["body"])
        self.assertEqual((found["admins"], found["login"], found["static"]["by"]), ([], None, "project"))


class AdminsTest(ProjectTest):
    """Admins at several addresses, by language, behind a pattern, and another kind of admin."""

    def test_all_that_can_be_read_are_found(self):
        self.project.settings(LANGUAGES)
        self.project.write("mysite/urls.py", ADMINS)
        (said, media, page) = self.project.do(
            directly("/.homeport/report"), visitor("/media/a.pdf"), visitor("/de/admin/login/")
        )
        report = json.loads(said["body"])
        self.assertEqual(report["admins"], ["/back-office/deep/", "/en/admin/", "/de/admin/", "/cms/"])
        self.assertEqual(report["login"], "/back-office/deep/login/")
        self.assertTrue(any("/shops/<slug:shop>/admin/" in note for note in report["notes"]), report["notes"])
        # The project lets see its uploads only whom it wants to.
        self.assertEqual((media["body"], report["media"]["by"]), ("only for you", "project"))
        self.assertEqual(page["status"], 200, self.project.log)


if __name__ == "__main__":
    unittest.main()
