"""How the adapter takes hold of a Python, and that it lets go of all others."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from projects import KEY, PYTHON, SITE, ProjectTest, directly

LOADED = (
    "import sys; print(sorted(name for name in sys.modules if name.partition('.')[0] in ('django', 'homeport_django')))"
)
CONFIGURE = """
from django.conf import settings
settings.configure(ROOT_URLCONF=__name__, DEBUG=True, SECRET_KEY="theirs")
print(settings.DEBUG, settings.SECRET_KEY)
"""
TEMPLATES_ONLY = """
from django.conf import settings
settings.configure(DEBUG=True)
print(settings.DEBUG)
"""


def python(code: str, environment: dict[str, str], path: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{PYTHON}:{path}", **environment},
        capture_output=True,
        text=True,
        timeout=30,
    )


class ProcessTest(unittest.TestCase):
    def test_a_python_that_is_no_django_loads_none(self):
        done = python(LOADED, {"HOMEPORT_SITE": "{}"})
        self.assertEqual((done.stdout, done.stderr), ("['homeport_django', 'homeport_django.hook']\n", ""))

    def test_without_a_site_nothing_is_loaded(self):
        done = python(LOADED, {})
        self.assertEqual((done.stdout, done.stderr), ("[]\n", ""))

    def test_another_sitecustomize_is_loaded_as_well(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "sitecustomize.py").write_text("import builtins; builtins.agent = 'loaded'")
            for environment in ({}, {"HOMEPORT_SITE": "{}"}):
                done = python("print(agent)", environment, folder)
                self.assertEqual((done.stdout, done.stderr), ("loaded\n", ""))

    def test_a_fault_of_ours_is_one_line(self):
        done = python(CONFIGURE, {"HOMEPORT_SITE": "{"})
        self.assertTrue(done.stdout.startswith("True theirs"), done.stderr)
        self.assertRegex(done.stderr, r"^homeport: the adapter is off: HOMEPORT_SITE cannot be read: [^\n]*\n$")

    def test_settings_without_a_module_are_set_over(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "django_secret_key").write_text(KEY)
            environment = {"HOMEPORT_SITE": json.dumps({**SITE, "data": folder}), "HOMEPORT_SECRETS": folder}
            self.assertEqual(python(CONFIGURE, environment).stdout, f"False {KEY}\n")
            self.assertEqual(python(TEMPLATES_ONLY, environment).stdout, "True\n")


class SettingsTest(ProjectTest):
    def test_it_holds_wherever_the_name_of_the_settings_comes_from(self):
        self.project.write("other/__init__.py", "")
        self.project.write("other/own.py", "from mysite.settings import *\n")
        code = (
            "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'other.own'\n"
            "import django; django.setup()\n"
            "from django.conf import settings\n"
            "from other import own\n"
            "print(settings.DEBUG, own.DEBUG, settings.is_overridden('SECURE_PROXY_SSL_HEADER'))\n"
        )
        done = self.project.run("-c", code)
        self.assertEqual((done.stdout, done.stderr), ("False False True\n", ""))

    def test_what_a_person_must_put_right_is_one_sentence(self):
        self.adjust(database={"engine": "postgresql", "both": False})
        done = self.project.run("manage.py", "migrate")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(
            done.stderr, r"^manage.py migrate: There is no [^\n]*/database_url, which must hold the address[^\n]*\n$"
        )

    def test_a_part_that_fails_costs_its_own_setting_only(self):
        self.adjust(hosts=5)
        health, report, key = self.project.do(
            directly("/.homeport/health"), directly("/.homeport/report"), {"setting": "SECRET_KEY"}
        )
        self.assertEqual(key, KEY)
        notes = json.loads(report["body"])["notes"]
        self.assertIn("the part hosts of the adapter failed (TypeError) and set nothing over.", notes)

    def test_what_is_kept_is_the_projects(self):
        self.adjust(keep=["all"])
        key, debug, hosts, health, page = self.project.do(
            {"setting": "SECRET_KEY"},
            {"setting": "DEBUG"},
            {"setting": "ALLOWED_HOSTS"},
            directly("/.homeport/health"),
            {"visit": "/admin/login/", "headers": {"Host": "localhost"}},
        )
        self.assertNotEqual(key, KEY)
        self.assertEqual((debug, hosts), (True, []))
        self.assertEqual((health["status"], page["status"]), (503, 200))
        self.assertIn("does not answer: no such table: django_migrations", health["body"])
        self.assertNotIn('"event"', self.project.log)


if __name__ == "__main__":
    unittest.main()
