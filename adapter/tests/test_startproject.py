"""What `django-admin startproject` makes, DEBUG and all, with an app that has uploads and style sheets."""

import gzip
import json
import re
import unittest

from projects import KEY, ProjectTest, directly, visitor

VIEWS = """
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from mysite import settings


def meta(request):
    return JsonResponse({
        "address": request.META["REMOTE_ADDR"], "secure": request.is_secure(), "host": request.get_host(),
        "forwarded": request.META.get("HTTP_X_FORWARDED_FOR"), "debug": settings.DEBUG,
    })


def form(request):
    from django.middleware.csrf import get_token

    return HttpResponse(get_token(request))


def broken(request):
    raise RuntimeError("a secret of the code")


@csrf_exempt
def receive(request):
    from notes.models import Note

    note = Note(text="x")
    note.file.save("page.txt", request.FILES["file"]) if request.FILES else note.save()
    return HttpResponse(note.file.url if note.file else "saved")
"""
URLS = """
from django.contrib import admin
from django.urls import path
from notes import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("meta/", views.meta),
    path("form/", views.form),
    path("broken/", views.broken),
    path("receive/", views.receive),
]
"""
SHEET = """@import "more.css";
body { background: url(../pictures/sky.png?x#y) ; src: url("gone.woff") ; mask: url('data:image/png;base64,xx') }
i { background: url(/static/notes/pictures/sky.png); content: url(https://a.test/b.png) }
"""
UPLOAD = (
    '--b\r\nContent-Disposition: form-data; name="file"; filename="page.txt"\r\n'
    "Content-Type: text/plain\r\n\r\nhello upload\r\n--b--\r\n"
)
LOGIN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore

user, _ = User.objects.get_or_create(username="author")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
said = session.session_key
"""
# Two uploads, of which each alone would leave room. The disk is as large as the files below a folder, so that it depends on nothing else.
PARALLEL = """
import os
from collections import namedtuple
from unittest import mock

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from homeport_django import uploads

LENGTH, folder = 8_000_000, settings.FILE_UPLOAD_TEMP_DIR


def usage(path):
    used = sum(entry.stat().st_blocks * 512 for entry in os.scandir(folder))
    return namedtuple("Usage", "free")(uploads.RESERVED_BYTES + 12_000_000 - used)


def begin():
    handler = uploads.RoomyUploadHandler()
    handler.handle_raw_input(None, {}, LENGTH, b"")
    handler.new_file("file", "a.bin", "application/octet-stream", LENGTH, None, None)
    return handler


said = {"taken": 0, "refused": 0}
with mock.patch("shutil.disk_usage", usage):
    first = begin()
    said["taken"] += 1
    try:
        begin()
        said["taken"] += 1
    except RequestDataTooBig:
        said["refused"] += 1
    first.receive_data_chunk(b"hello", 0)
    file = first.file_complete(5)
    said["size"] = os.path.getsize(file.temporary_file_path())
    file.close()
said["left"] = len(os.listdir(folder))
"""
# An owner with a password, and clients by their addresses, as the proxy passes them on.
CLIENTS = """
from django.contrib.auth.models import User
from django.test import Client

User.objects.filter(username="owner").delete()
User.objects.create_superuser("owner", password="right")


def login(address, password, host="www.x.test"):
    client = Client(HTTP_HOST=host, HTTP_X_FORWARDED_FOR=address, HTTP_X_FORWARDED_PROTO="https", REMOTE_ADDR="172.20.0.5")
    return client.post("/admin/login/?next=/admin/", {"username": "owner", "password": password})
"""
GUESSES = (
    CLIENTS
    + """
guesses = [login(f"2001:db8::{n}", "wrong") for n in range(11)]
said = {"guesses": [one.status_code for one in guesses], "wait": int(guesses[-1]["Retry-After"])}
said["other"] = login("203.0.113.7", "wrong").status_code
said["right"] = login("2001:db8::ff", "right").status_code
said["home"] = login("2001:db8::1", "right", host="pi.lan:8443").status_code
"""
)
CROWD = (
    CLIENTS
    + """
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from unittest import mock

from django.contrib.auth.hashers import MD5PasswordHasher

verify, full = MD5PasswordHasher.verify, Event()


def slowly(self, *args):
    # Until those that are refused have been.
    full.wait(10)
    return verify(self, *args)


def one(number):
    status = login(f"203.0.113.{number}", "right").status_code
    refused.append(number) if status == 429 else None
    full.set() if len(refused) == 3 else None
    return status


refused = []
with mock.patch.object(MD5PasswordHasher, "verify", slowly), ThreadPoolExecutor(5) as pool:
    said = list(pool.map(one, range(1, 6)))
"""
)
LONG = "/* " + "text " * 400 + "*/"


def large_body(**headers: str) -> dict:
    """A form of more than a megabyte."""
    body = "text=" + "x" * 1_100_000
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)), **headers}
    return {"method": "POST", "body": body, "type": sent["Content-Type"], "headers": sent}


class StartprojectTest(ProjectTest):
    asgi = False

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        project = cls.project
        project.app("notes")
        project.write("notes/views.py", VIEWS)
        project.write("mysite/urls.py", URLS)
        project.write("notes/static/notes/style/main.css", SHEET)
        project.write("notes/static/notes/style/more.css", LONG + '@import url("main.css");')
        project.write("notes/static/notes/pictures/sky.png", "png")
        project.write("notes/static/notes/large.js", "//" + "x" * 1_200_000)
        media = project.data / "media"
        (media / "films").mkdir(parents=True)
        (media / "films/a b.mp4").write_bytes(b"0123456789" * 100_000)
        for name in ("a.svg", "a.html", "a.png", "a.unknown", "a.txt.gz", "a.pdf"):
            (media / name).write_text("<content>")
        (media / "link.png").symlink_to(project.code / "mysite/settings.py")
        made, cls.created, cls.again = project.do(
            {"manage": ["makemigrations", "notes"]}, {"manage": ["migrate"]}, {"manage": ["migrate"]}
        )
        first = project.do({"manage": ["ensureadmin"]}, {"manage": ["ensureadmin"]})
        cls.administrator = [said["out"] for said in first]

    def visit(self, *steps):
        if self.asgi:
            steps = tuple({**step, "asgi": True} if "visit" in step else step for step in steps)
        return self.project.do(*steps)

    def test_the_database_is_in_the_volume_and_takes_several_writers(self):
        code = (
            "from django.db import connection, transaction\n"
            "import sqlite3\n"
            "said = []\n"
            "with connection.cursor() as cursor:\n"
            "    for name in ('journal_mode', 'synchronous'):\n"
            "        cursor.execute('PRAGMA ' + name); said.append(cursor.fetchone()[0])\n"
            "with transaction.atomic():\n"
            "    with connection.cursor() as cursor: cursor.execute('SELECT 1')\n"
            "    other = sqlite3.connect(connection.settings_dict['NAME'], timeout=0)\n"
            "    try: other.execute('BEGIN IMMEDIATE'); said.append('both write')\n"
            "    except sqlite3.OperationalError as error: said.append(str(error))\n"
            "    other.close()\n"
        )
        (said,) = self.project.do({"run": code})
        self.assertEqual(said, ["wal", 1, "database is locked"])
        self.assertTrue((self.project.data / "db.sqlite3").is_file())
        self.assertFalse((self.project.code / "db.sqlite3").exists())
        note = json.loads((self.project.data / ".homeport").read_text())
        self.assertEqual(note, {"project": "mysite.urls", "apps": ["notes"]})

    def test_an_administrator_is_made_once(self):
        self.assertEqual(self.administrator, ["administrator admin: created\n", "administrator admin: unchanged\n"])
        self.project.secret("django_admin_password", "another long password")
        changed, fine = self.project.do(
            {"manage": ["ensureadmin"]},
            {
                "run": "from django.contrib.auth import authenticate as a; said = bool(a(username='admin', password='another long password'))"
            },
        )
        self.assertEqual((changed["out"], fine), ("administrator admin: updated (password)\n", True))

    def test_a_visitor_is_known_by_address_and_scheme(self):
        forged = {"X-Forwarded-For": "9.9.9.9, 203.0.113.9, 172.20.0.8"}
        direct = {
            "visit": "/meta/",
            "peer": "198.51.100.1",
            "headers": {"Host": "x.test", **forged, "X-Forwarded-Proto": "https"},
        }
        several = {"Host": "pi.lan", "X-Forwarded-Proto": "https,http"}
        one, two, three, four, unknown = (
            json.loads(said["body"]) if said["status"] == 200 else said["status"]
            for said in self.visit(
                visitor("/meta/"),
                visitor("/meta/", headers=forged),
                direct,
                visitor("/meta/", headers=several),
                visitor("/meta/", headers={"Host": "else.test"}),
            )
        )
        self.assertEqual((one["address"], one["secure"], one["host"]), ("203.0.113.9", True, "www.x.test"))
        self.assertEqual(two["address"], "203.0.113.9")
        self.assertEqual((three["address"], three["secure"], three["forwarded"]), ("198.51.100.1", False, None))
        self.assertEqual((four["secure"], four["host"]), (False, "pi.lan"))
        self.assertEqual(unknown, 400)
        self.assertFalse(one["debug"])

    def test_a_script_name_by_a_header_is_refused(self):
        for name in ("Script-Name", "Path-Info"):
            (said,) = self.visit(visitor("/x/admin/", headers={name: "/x"}))
            self.assertEqual(said["status"], 400)

    def test_a_form_is_posted_as_a_browser_does(self):
        (page,) = self.visit(visitor("/form/"))
        cookie = re.match(r" ?csrftoken=([^;]+)", page["headers"]["set-cookie"])[1]
        token = page["body"]
        self.assertIn("Secure", page["headers"]["set-cookie"])
        post = {
            "method": "POST",
            "type": "application/x-www-form-urlencoded",
            "body": f"csrfmiddlewaretoken={token}",
            "headers": {"Cookie": f"csrftoken={cookie}", "Content-Type": "application/x-www-form-urlencoded"},
        }
        ours = {
            **post,
            "headers": {**post["headers"], "Origin": "https://www.x.test", "Referer": "https://www.x.test/form/"},
        }
        alien = {**post, "headers": {**post["headers"], "Origin": "https://evil.test", "Referer": "https://evil.test/"}}
        good, bad = self.visit(visitor("/form/", **ours), visitor("/form/", **alien))
        self.assertEqual((good["status"], bad["status"]), (200, 403))

    def test_a_fault_shows_no_code_and_is_logged(self):
        said, missing, meta = self.visit(visitor("/broken/"), visitor("/nothing/"), visitor("/meta/?token=secret"))
        self.assertEqual((said["status"], missing["status"]), (500, 404))
        self.assertNotIn("a secret of the code", said["body"])
        self.assertNotIn("urlpatterns", missing["body"] + said["body"])
        lines = [json.loads(line) for line in self.project.log.splitlines() if line.startswith("{")]
        requests = [line for line in lines if line["event"] == "request"]
        self.assertEqual([line["status"] for line in requests], [500, 404, 200])
        self.assertEqual((requests[2]["path"], requests[2]["client"]), ("/meta/", "203.0.113.9"))
        self.assertNotIn("token=secret", self.project.log)
        self.assertTrue(any("RuntimeError" in line.get("traceback", "") for line in lines))

    def test_pages_get_headers_that_the_project_does_not_set(self):
        (said,) = self.visit(visitor("/meta/"))
        headers = said["headers"]
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["referrer-policy"], "same-origin")
        self.assertEqual(headers["strict-transport-security"], "max-age=3600")

    def test_health_is_for_those_who_ask_directly(self):
        fine, head, post, passed_on, outside = self.visit(
            directly("/.homeport/health"),
            directly("/.homeport/health", method="HEAD"),
            directly("/.homeport/health", method="POST"),
            visitor("/.homeport/health"),
            {"visit": "/.homeport/health", "peer": "198.51.100.1", "headers": {"Host": "www.x.test"}},
        )
        self.assertEqual((fine["status"], fine["body"], fine["headers"]["cache-control"]), (200, "ok", "no-store"))
        self.assertEqual((head["status"], head["body"], post["status"]), (200, "", 405))
        self.assertEqual((passed_on["status"], outside["status"]), (404, 404))
        self.assertEqual(self.project.log.count('"path": "/.homeport/health", "status": 404'), 2)
        self.assertEqual(self.project.log.count("/.homeport/health"), 2)

    def test_the_report_says_what_was_set_over_and_no_secret(self):
        said, hidden = self.visit(directly("/.homeport/report"), visitor("/.homeport/report"))
        self.assertEqual(hidden["status"], 404)
        report = json.loads(said["body"])
        self.assertEqual((report["debug"], report["admins"], report["login"]), (False, ["/admin/"], "/admin/login/"))
        self.assertEqual((report["checks"], report["asgi"]), ([], self.asgi))
        self.assertEqual(report["database"]["file"], str(self.project.data / "db.sqlite3"))
        self.assertEqual((report["media"]["by"], report["static"]["by"]), ("homeport", "homeport"))
        self.assertEqual(self.changed(report, "SECRET_KEY")["was"], "Django's for development")
        self.assertEqual(self.changed(report, "DEBUG")["now"], "False")
        self.assertTrue(any("DEBUG was on" in note for note in report["notes"]))
        theirs = re.search(r"SECRET_KEY = '(.*)'", (self.project.code / "mysite/settings.py").read_text())[1]
        for secret in (KEY, theirs, "a long enough password", "another long password"):
            self.assertNotIn(secret, said["body"])

    def test_static_files_have_hashes_without_collectstatic(self):
        code = "from django.templatetags.static import static as s; said = [s('notes/style/main.css'), s('notes/gone.js'), s('notes/large.js')]"
        (named,) = self.project.do({"run": code})
        sheet_url, gone, large = named
        self.assertRegex(sheet_url, r"^/static/notes/style/main\.[0-9a-f]{12}\.css$")
        self.assertEqual(gone, "/static/notes/gone.js")
        sheet, plain, old, big, missing, post = self.visit(
            visitor(sheet_url),
            visitor("/static/notes/style/main.css"),
            visitor("/static/notes/style/main.0123456789ab.css"),
            visitor(large),
            visitor("/static/notes/gone.js"),
            visitor(sheet_url, method="POST"),
        )
        self.assertEqual(sheet["headers"]["cache-control"], "max-age=315360000, public, immutable")
        self.assertEqual(sheet["headers"]["content-type"], "text/css; charset=utf-8")
        self.assertRegex(sheet["body"], r'@import "more\.[0-9a-f]{12}\.css";')
        self.assertRegex(sheet["body"], r"url\(\.\./pictures/sky\.[0-9a-f]{12}\.png\?x#y\)")
        for kept in ('url("gone.woff")', "url('data:image/png;base64,xx')", "url(/static/notes/pictures/sky.png)"):
            self.assertIn(kept, sheet["body"])
        for said in (plain, old):
            self.assertEqual((said["status"], said["headers"]["cache-control"]), (200, "max-age=60"))
        self.assertEqual((big["status"], len(big["body"])), (200, 1_200_002))
        self.assertEqual(big["headers"]["cache-control"], "max-age=315360000, public, immutable")
        self.assertEqual((missing["status"], post["status"]), (404, 404))

    def test_static_files_are_compressed_and_not_sent_twice(self):
        url = "/static/notes/style/more.css"
        plain, packed, head = self.visit(
            visitor(url), visitor(url, headers={"Accept-Encoding": "gzip"}), visitor(url, method="HEAD")
        )
        self.assertEqual(packed["headers"]["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed["body"].encode("latin-1")).decode(), plain["body"])
        self.assertEqual((head["body"], head["headers"]["content-length"]), ("", str(len(plain["body"]))))
        known, other = self.visit(
            visitor(url, headers={"If-None-Match": plain["headers"]["etag"]}),
            visitor(url, headers={"If-None-Match": '"x"'}),
        )
        self.assertEqual((known["status"], known["body"], other["status"]), (304, "", 200))

    def test_nothing_outside_of_the_folders_is_served(self):
        paths = (
            "../manage.py",
            "notes/../../../manage.py",
            "/etc/passwd",
            "notes/style",
            "notes/style/",
            "a\\..\\b",
            "",
        )
        for said in self.visit(*(visitor(f"/{root}/{path}") for root in ("static", "media") for path in paths)):
            self.assertEqual(said["status"], 404)
        (link,) = self.visit(visitor("/media/link.png"))
        self.assertEqual(link["status"], 404)

    def test_uploads_are_files_and_no_pages(self):
        svg, page, picture, unknown, packed = self.visit(
            *(visitor(f"/media/{name}") for name in ("a.svg", "a.html", "a.png", "a.unknown", "a.txt.gz"))
        )
        for said in (svg, page, picture, unknown, packed):
            self.assertEqual((said["status"], said["body"]), (200, "<content>"))
            self.assertEqual(said["headers"]["x-content-type-options"], "nosniff")
            self.assertEqual(
                said["headers"]["content-security-policy"], "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            )
        (paper,) = self.visit(visitor("/media/a.pdf"))
        self.assertEqual(paper["headers"]["content-type"], "application/pdf")
        self.assertNotIn("content-security-policy", paper["headers"])
        self.assertEqual(
            [said["headers"].get("content-disposition") for said in (svg, page, picture)], ["attachment"] * 2 + [None]
        )
        self.assertEqual(
            [said["headers"]["content-type"] for said in (unknown, packed)], ["application/octet-stream"] * 2
        )

    def test_a_film_can_be_read_from_the_middle(self):
        url = "/media/films/a b.mp4"
        whole, part, end, outside, wrong = self.visit(
            visitor(url),
            *(visitor(url, headers={"Range": f"bytes={part}"}) for part in ("13-700002", "-5", "1000000-", "9-3")),
        )
        self.assertEqual(
            (whole["status"], len(whole["body"]), whole["headers"]["accept-ranges"]), (200, 1_000_000, "bytes")
        )
        self.assertEqual((part["status"], part["headers"]["content-range"]), (206, "bytes 13-700002/1000000"))
        self.assertEqual((part["body"][:4], len(part["body"])), ("3456", 699_990))
        self.assertEqual((end["body"], end["headers"]["content-length"]), ("56789", "5"))
        self.assertEqual((outside["status"], outside["headers"]["content-range"]), (416, "bytes */1000000"))
        self.assertEqual((wrong["status"], len(wrong["body"])), (200, 1_000_000))
        if self.asgi:
            # Not held in memory as a whole.
            self.assertGreater(whole["parts"], 10)
        etag = whole["headers"]["etag"]
        known, changed = self.visit(
            visitor(url, headers={"If-None-Match": etag}),
            visitor(url, headers={"Range": "bytes=0-1", "If-Range": '"x"'}),
        )
        self.assertEqual((known["status"], changed["status"]), (304, 200))

    def test_an_upload_is_kept_in_the_volume(self):
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(len(UPLOAD))}
        step = visitor("/receive/", method="POST", body=UPLOAD, type=headers["Content-Type"], headers=headers)
        (said,) = self.visit(
            {"run": "from django.conf import settings; settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1"}, step
        )[1:]
        self.assertEqual(said["status"], 200, said["body"])
        (again,) = self.visit(visitor(said["body"]))
        self.assertEqual(again["body"], "hello upload")
        self.assertEqual(list((self.project.data / "uploads").iterdir()), [])

    def test_a_large_body_is_for_whoever_is_logged_in_and_for_home(self):
        (key,) = self.visit({"run": LOGIN})
        cookie = {"Cookie": f"sessionid={key}"}
        statuses = [
            self.visit(visitor("/receive/", **large_body(**headers)))[0]["status"]
            for headers in (
                {},
                {"Cookie": "sessionid=somebodyelses"},
                {"Host": "pi.lan.x.test:8443"},
                {"Host": "pi.lan:8443"},
                cookie,
            )
        ]
        self.assertEqual(statuses, [413, 413, 413, 200, 200])

    def test_an_address_that_guesses_has_to_wait_and_the_owner_at_home_has_not(self):
        said = self.visit({"run": GUESSES})[0]
        self.assertEqual(said["guesses"], [200] * 10 + [429])
        self.assertGreater(said["wait"], 500)
        self.assertEqual((said["other"], said["right"], said["home"]), (200, 429, 302))

    def test_of_many_logins_at_once_two_wait_and_the_others_are_told_when(self):
        said = self.visit({"run": CROWD})[0]
        self.assertEqual(sorted(said), [302, 302, 429, 429, 429])

    def test_uploads_at_the_same_time_share_the_room(self):
        said = self.visit({"run": PARALLEL})[0]
        self.assertEqual(said, {"taken": 1, "refused": 1, "left": 0, "size": 5})


class AsgiStartprojectTest(StartprojectTest):
    asgi = True

    def test_an_address_that_the_server_put_right_is_looked_at_again(self):
        # uvicorn believes the first entry, and gives it port 0.
        step = visitor("/meta/", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.9"}, port=0)
        (said,) = self.visit({**step, "peer": "9.9.9.9"})
        self.assertEqual(json.loads(said["body"])["address"], "203.0.113.9")


if __name__ == "__main__":
    unittest.main()
