"""Which database a project gets, and that it is its own."""

import json
import os
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from projects import ProjectTest, directly

# As much of a driver as is looked for; Django itself would want more of it.
ADDRESS = "postgresql://blog:p%40ss%2F%23%25@db.lab.test:6432/blog?sslmode=verify-full&sslrootcert=/run/ca.pem&connect_timeout=9"
POSTGRESQL = {"engine": "postgresql", "both": False}
PROMETHEUS = """
DATABASES = {"default": {"ENGINE": "django_prometheus.db.backends.postgresql", "NAME": "x", "HOST": "localhost", "PASSWORD": "old",
    "ATOMIC_REQUESTS": True, "OPTIONS": {"sslmode": "disable", "pool": True}}}
"""
SETTINGS = (
    "import os, json; os.environ['DJANGO_SETTINGS_MODULE'] = 'mysite.settings'\n"
    "from django.conf import settings; settings.DEBUG\n"
    "from homeport_django import changes\n"
    "print(json.dumps([settings.DATABASES, changes.made[0].describe()], default=str))\n"
)


class EntryTest(unittest.TestCase):
    def setUp(self) -> None:
        from homeport_django import databases

        self.databases = databases

    def test_an_address_gives_all_parts_and_may_say_its_own_options(self):
        entry = self.databases.postgresql(ADDRESS, {})
        self.assertEqual((entry["USER"], entry["PASSWORD"]), ("blog", "p@ss/#%"))
        self.assertEqual((entry["HOST"], entry["PORT"], entry["NAME"]), ("db.lab.test", 6432, "blog"))
        options = entry["OPTIONS"]
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/run/ca.pem"))
        self.assertEqual((options["connect_timeout"], options["keepalives_idle"]), (9, 10))
        self.assertTrue(entry["CONN_HEALTH_CHECKS"] and entry["CONN_MAX_AGE"])

    def test_a_wrong_address_is_refused_without_showing_its_password(self):
        from django.core.exceptions import ImproperlyConfigured

        for url in (
            "geheim",
            "mysql://blog:geheim@db/blog",
            "postgresql://blog:ge#heim@db/blog",
            "postgresql://db/geheim",
            "postgresql://blog:geheim@db:port/blog",
            "postgresql://blog:[geheim@db/blog",
            "sqlite:///geheim",
        ):
            with self.subTest(url), self.assertRaises(ImproperlyConfigured) as caught:
                self.databases.postgresql(url, {})
            self.assertIn("it must hold postgresql://user:password@host:5432/name", str(caught.exception))
            self.assertNotIn("heim", str(caught.exception))

    def test_what_libpq_says_becomes_one_line(self):
        attempt = 'connection to server at "db" (10.0.0.7), port 5432 failed: '
        said = f'connection failed: {attempt}FATAL:  password authentication failed for user "blog"\n'
        reason = self.databases.reason
        self.assertEqual(reason(Exception(said * 2)), 'password authentication failed for user "blog"')
        refused = f"{attempt}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?"
        self.assertEqual(reason(Exception(refused)), "Connection refused")

    def test_our_own_authority_is_asked_for_where_there_is_one(self):
        with mock.patch.dict(os.environ, HOMEPORT_SECRETS=str(Path(__file__).parent)):
            self.assertNotIn("sslmode", self.databases.postgresql("postgresql://a:b@c/d", {})["OPTIONS"])
            file = mock.Mock(is_file=lambda: True, __str__=lambda _: "/s/database_ca.pem")
            with mock.patch.object(self.databases, "secret_file", return_value=file):
                options = self.databases.postgresql("postgresql://a:b@c/d", {})["OPTIONS"]
        self.assertEqual((options["sslmode"], options["sslrootcert"]), ("verify-full", "/s/database_ca.pem"))


class PostgresqlTest(ProjectTest):
    """A project that was made for SQLite, or for a PostgreSQL elsewhere."""

    def setUp(self) -> None:
        self.project.secret("database_url", ADDRESS)
        self.adjust(database=POSTGRESQL)
        # What is left of a driver where only its presence matters.
        self.project.write("psycopg2.py", "")
        self.project.write("psycopg.py", "")
        before = (self.project.code / "mysite/settings.py").read_text()
        self.addCleanup(self.project.write, "mysite/settings.py", before)

    def settings(self) -> Any:
        done = self.project.run("-c", SETTINGS)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_stacks_settings_name_it(self):
        entries, made = self.settings()
        self.assertEqual(
            (entries["default"]["ENGINE"], entries["default"]["HOST"]), ("django.db.backends.postgresql", "db.lab.test")
        )
        change = self.changed(made, "DATABASES")
        self.assertEqual(change["now"], "default: PostgreSQL blog at db.lab.test:6432")
        self.assertNotIn("p@ss", json.dumps(made))
        self.assertEqual(list(entries), ["default"])

    def test_the_other_one_is_there_for_a_copy(self):
        self.adjust(database={**POSTGRESQL, "both": True})
        entries, _ = self.settings()
        self.assertEqual(entries["other"]["NAME"], str(self.project.data / "db.sqlite3"))
        self.adjust(database={"engine": "sqlite", "both": True})
        entries, _ = self.settings()
        self.assertEqual(
            (entries["default"]["NAME"], entries["other"]["NAME"]), (str(self.project.data / "db.sqlite3"), "blog")
        )

    def test_an_engine_that_builds_on_djangos_stays(self):
        self.project.settings(PROMETHEUS)
        entries, _ = self.settings()
        entry: dict[str, Any] = entries["default"]
        self.assertEqual(entry["ENGINE"], "django_prometheus.db.backends.postgresql")
        self.assertEqual((entry["NAME"], entry["ATOMIC_REQUESTS"], entry["OPTIONS"]["pool"]), ("blog", True, True))
        self.assertEqual(entry["OPTIONS"]["sslmode"], "verify-full")
        # Which Django refuses beside a pool.
        self.assertNotIn("CONN_MAX_AGE", entry)

    def test_a_project_that_names_the_same_one_is_left_alone(self):
        theirs = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "blog",
            "USER": "blog",
            "PASSWORD": "p@ss/#%",
            "HOST": "db.lab.test",
            "PORT": "6432",
        }
        self.project.settings(f"DATABASES = {{'default': {theirs}}}\n")
        entries, made = self.settings()
        self.assertEqual(entries["default"], theirs)
        self.assertIsNone(self.changed(made, "DATABASES"))

    def test_an_image_without_a_driver_is_told_what_to_add(self):
        hidden = "import importlib.util as u; find = u.find_spec\nu.find_spec = lambda name, *rest: None if name.startswith('psycopg') else find(name, *rest)\n"
        done = self.project.run("-c", hidden + SETTINGS)
        self.assertRegex(
            done.stderr,
            r"^-c: The stack's settings name a PostgreSQL, but the image has no driver for it: add psycopg[^\n]*\n$",
        )


class OwnSqliteTest(ProjectTest):
    def test_a_file_in_the_volume_keeps_its_name(self):
        self.project.settings(
            f"DATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': '{self.project.data}/shop.db', 'OPTIONS': {{'timeout': 3}}}},"
            " 'stats': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'stats.db'},"
            " 'cache': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
        )
        (entries,) = self.project.do({"setting": "DATABASES"})
        self.assertEqual(entries["default"]["NAME"], f"{self.project.data}/shop.db")
        self.assertEqual(entries["default"]["OPTIONS"]["timeout"], 3)
        self.assertEqual(entries["stats"]["NAME"], f"{self.project.data}/stats.sqlite3")
        self.assertEqual(entries["cache"]["NAME"], ":memory:")


class VolumeTest(ProjectTest):
    """A volume that another project was deployed to before."""

    def test_another_projects_database_is_refused_and_ones_own_is_not(self):
        migrate = {"manage": ["migrate"], "options": {"verbosity": 0}}
        self.project.app("shop")
        self.project.app("blog")
        self.project.do({"manage": ["makemigrations", "shop", "blog"]}, migrate)
        self.project.stop()
        settings = (self.project.code / "mysite/settings.py").read_text()
        # An app less, and a new one: the same project.
        self.project.write("mysite/settings.py", settings.replace("['blog']", "['news']"))
        self.project.app("news")
        self.project.write("mysite/settings.py", settings.replace("['blog']", "['news']"))
        said = self.project.do({"manage": ["makemigrations", "news"]}, migrate)
        self.assertEqual(said[1], {"out": ""})
        self.project.stop()
        # Nothing of its own is there: another project.
        self.project.app("wiki")
        self.project.write("mysite/settings.py", settings.replace("['blog']", "['wiki']").replace("['shop']", "[]"))
        made, refused, health = self.project.do(
            {"manage": ["makemigrations", "wiki"]}, migrate, directly("/.homeport/health")
        )
        self.assertRegex(
            refused["error"],
            r"^This database belongs to another project: it has the tables of blog, news, shop, and this project's "
            r"own apps are wiki\. Deploy this project as a stack of its own, or delete the old data; ",
        )
        self.adjust(keep=["volume"])
        self.assertEqual(self.project.do(migrate), [{"out": ""}])


if __name__ == "__main__":
    unittest.main()
