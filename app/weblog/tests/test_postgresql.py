"""The site on a PostgreSQL: what it says when there is no way in, and the copy of its data there and back."""

import tempfile
import unittest
from contextlib import closing
from ctypes.util import find_library
from pathlib import Path
from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.test import SimpleTestCase

from mysite import databases, faults
from weblog.tests import postgresql
from weblog.tests.factories import run_manage

MISSING = postgresql.missing()
if MISSING:
    print(f"Tests on a PostgreSQL are skipped: {MISSING}.")


class AddressTest(SimpleTestCase):
    def test_an_address_gives_all_parts_and_may_say_its_own_options(self):
        url = "postgresql://blog:p%40ss%2F%23%25@db.lab.test:6432/blog?sslmode=verify-full&sslrootcert=/run/ca.pem&connect_timeout=9"
        database = databases.postgresql(url)
        self.assertEqual((database["USER"], database["PASSWORD"]), ("blog", "p@ss/#%"))
        self.assertEqual((database["HOST"], database["PORT"], database["NAME"]), ("db.lab.test", 6432, "blog"))
        options = database["OPTIONS"]
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/run/ca.pem"))
        self.assertEqual((options["connect_timeout"], options["keepalives_idle"]), (9, 10))
        self.assertTrue(database["CONN_HEALTH_CHECKS"] and database["CONN_MAX_AGE"])

    def test_a_wrong_address_is_refused_without_showing_its_password(self):
        wrong = ("geheim", "mysql://blog:geheim@db/blog", "postgresql://blog:ge#heim@db/blog", "postgresql://db/geheim")
        for url in (
            *wrong,
            "postgresql://blog:geheim@db:port/blog",
            "postgresql://blog:[geheim@db/blog",
            "sqlite:///geheim",
        ):
            with self.subTest(url), self.assertRaises(ImproperlyConfigured) as caught:
                databases.postgresql(url)
            self.assertIn("it must hold postgresql://user:password@host:5432/name", str(caught.exception))
            self.assertNotIn("heim", str(caught.exception))

    def test_pages_have_a_time_limit_and_commands_have_none(self):
        url = "postgresql://blog:x@db/blog"
        self.assertNotIn("options", databases.postgresql(url)["OPTIONS"])
        with mock.patch.dict("os.environ", DATABASE_STATEMENT_SECONDS="30"):
            self.assertEqual(databases.postgresql(url)["OPTIONS"]["options"], "-c statement_timeout=30000")

    def test_what_libpq_says_becomes_one_line(self):
        attempt = 'connection to server at "db" (10.0.0.7), port 5432 failed: '
        said = f'connection failed: {attempt}FATAL:  password authentication failed for user "blog"\n'
        self.assertEqual(databases.reason(OperationalError(said * 2)), 'password authentication failed for user "blog"')
        refused = f"{attempt}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?"
        self.assertEqual(databases.reason(OperationalError(refused)), "Connection refused")


@unittest.skipIf(MISSING, MISSING)
class PostgresqlTest(SimpleTestCase):
    databases = {"default"}
    SHELL = (
        "from django.core.management import call_command; "
        "from weblog.models import Post; from weblog.tests.factories import make_post"
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(postgresql.server())

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def manage(self, *command: str, engine: str = "postgresql", url: str | None = None):
        file = self.folder / "url"
        file.write_text(f"{self.server.url() if url is None else url}\n")
        return run_manage(
            *command,
            DJANGO_SECRET_KEY="x" * 50,
            DJANGO_ALLOWED_HOSTS="weblog.test",
            DJANGO_DATA_DIR=str(self.folder),
            DATABASE_ENGINE=engine,
            DATABASE_URL_FILE=str(file),
        )

    def done(self, *command: str, **options) -> str:
        result = self.manage(*command, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_a_command_without_a_way_in_ends_with_one_sentence_and_no_password(self):
        result = self.manage("migrate", "--noinput", url=self.server.url(password="geheim"))
        self.assertEqual(result.returncode, 1)
        place = f"the database weblog at 127.0.0.1:{self.server.port}"
        refused = 'password authentication failed for user "weblog"'
        self.assertEqual(result.stderr, f"manage.py migrate: There is no connection to {place}: {refused}.\n")

    def test_each_fault_of_an_address_is_told(self):
        nowhere = "postgresql://weblog:geheim@127.0.0.1:1/weblog"
        cases = (
            (self.server.url(database="nowhere"), 'database "nowhere" does not exist'),
            (nowhere, "There is no connection to the database weblog at 127.0.0.1:1: Connection refused."),
            ("postgresql://weblog:geheim@db.invalid/weblog", "failed to resolve host 'db.invalid'"),
            (f"{nowhere}?sslmod=require", 'invalid connection option "sslmod"'),
        )
        for url, sentence in cases:
            configured = {"default": databases.postgresql(url)}
            with self.subTest(url=url), mock.patch.object(faults, "settings", mock.Mock(DATABASES=configured)):
                with self.assertRaises(DatabaseError) as caught:
                    ConnectionHandler(configured)["default"].ensure_connection()
                self.assertIn(sentence, faults.sentence(caught.exception))

    def test_a_password_is_changed_while_the_site_runs(self):
        file = self.folder / "url"
        file.write_text(self.server.url())
        connection = ConnectionHandler({"default": databases.postgresql(self.server.url())})["default"]
        other = "another: @/%"
        with mock.patch.dict("os.environ", DATABASE_URL_FILE=str(file)), closing(connection):
            self.server.change_password(other)
            self.addCleanup(self.server.change_password, postgresql.PASSWORD, by=other)
            with self.assertRaises(OperationalError):
                connection.ensure_connection()
            file.write_text(self.server.url(password=other))
            connection.ensure_connection()
            self.assertTrue(connection.is_usable())

    def test_a_site_moves_there_and_back(self):
        made = self.SHELL + "; call_command('migrate', verbosity=0); call_command('loadexamples')"
        self.done("shell", "-v0", "-c", made, engine="sqlite")
        there = self.done("copydatabase", engine="sqlite")
        self.assertIn(["weblog_post", "6", "6"], [line.split() for line in there.splitlines()])
        # The other one is migrated by then: nothing is left to do, and new rows get keys of their own.
        more = self.SHELL + "; call_command('migrate'); make_post('there')"
        self.assertIn("No migrations to apply", self.done("shell", "-v0", "-c", more))
        back = self.done("copydatabase")
        self.assertIn(["weblog_post", "7", "7"], [line.split() for line in back.splitlines()])
        same = self.SHELL + "; print(list(Post.objects.values()) == list(Post.objects.using('other').values()))"
        self.assertEqual(self.done("shell", "-v0", "-c", same), "True\n")

    def test_what_postgresql_cannot_hold_is_told_with_its_table(self):
        made = self.SHELL + "; call_command('migrate', verbosity=0); make_post('long', title='x' * 300)"
        self.done("shell", "-v0", "-c", made, engine="sqlite")
        result = self.manage("copydatabase", "--replace", engine="sqlite")
        self.assertEqual(result.returncode, 1)
        self.assertIn("weblog_post: value too long for type character varying(120)", result.stderr)
        self.assertNotIn("Traceback", result.stderr)


class HealthTest(SimpleTestCase):
    databases = "__all__"

    def test_a_database_that_is_not_there_is_told(self):
        if find_library("pq") is None:
            self.skipTest("there is no libpq: install the package libpq5")
        url = "postgresql://weblog:geheim@127.0.0.1:1/weblog"
        broken = ConnectionHandler({"default": databases.postgresql(url)})["default"]
        with mock.patch("mysite.middleware.connection", broken), self.assertLogs("mysite.health") as logs:
            answer = self.client.get("/health")
        self.assertEqual((answer.status_code, answer.content), (503, b"database"))
        self.assertEqual(logs.records[0].getMessage(), "the database does not answer: Connection refused")
