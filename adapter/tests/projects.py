"""Django projects as people write them, each in a folder of its own, and visits to them in a process of their own."""

import atexit
import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent
# A copy, as each server has one, which Python compiles once and not beside the sources.
_COPY = Path(tempfile.mkdtemp(prefix="homeport-adapter-"))
atexit.register(shutil.rmtree, _COPY, ignore_errors=True)
PYTHON = _COPY / "python"
shutil.copytree(HERE.parent / "python", PYTHON, ignore=shutil.ignore_patterns("__pycache__"))
compileall.compile_dir(PYTHON, quiet=1)
sys.path.insert(0, str(PYTHON))

PROXY = "172.20.0.5"
SITE = {
    "app": "homeport-test",
    "hosts": ["www.x.test", "x.test"],
    "adminHosts": ["pi.lan"],
    "adminPaths": ["/admin/"],
    "proxies": ["172.20.0.0/24"],
    "hsts": {"seconds": 3600, "includeSubdomains": False, "preload": False},
    "logLevel": "INFO",
    "adminUser": "admin",
    "database": {"engine": "sqlite", "both": False},
    "storage": None,
    "publicUploadMb": 1,
    "keep": [],
}
KEY = "the-generated-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
# As the proxy passes on what a visitor asks.
VISITOR = {"Host": "www.x.test", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


def visitor(path: str, **more: Any) -> dict[str, Any]:
    """The step of a visitor's request."""
    headers = {**VISITOR, **more.pop("headers", {})}
    return {"visit": path, "peer": PROXY, "headers": headers, **more}


def directly(path: str, **more: Any) -> dict[str, Any]:
    """The step of what the proxy asks for itself."""
    return {"visit": path, "peer": PROXY, "headers": {"Host": "172.20.0.7:8000"}, **more}


class Project:
    """What `django-admin startproject mysite` makes, in `code`, with an empty volume in `data`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code, self.data, self.secrets = folder / "code", folder / "data", folder / "secrets"
        for path in (self.code, self.data, self.secrets):
            path.mkdir()
        self.site: dict[str, Any] = {**SITE, "data": str(self.data)}
        self.environment: dict[str, str] = {}
        self.log = ""
        self._process: Optional[subprocess.Popen[str]] = None
        self.secret("django_secret_key", KEY)
        self.secret("django_admin_password", "a long enough password")
        _startproject(self.code)
        # Django's own takes half a second for each password, by design.
        self.settings("PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']\n")

    def secret(self, name: str, value: str) -> None:
        (self.secrets / name).write_text(value + "\n", "utf-8")

    def write(self, name: str, text: str) -> None:
        path = self.code / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def settings(self, text: str) -> None:
        """Lines at the end of the settings."""
        with (self.code / "mysite/settings.py").open("a", encoding="utf-8") as file:
            file.write("\n" + text)

    def app(self, name: str, models: str = "", migrated: bool = True) -> None:
        """An app of the project's own, with the migrations of its models."""
        self.write(f"{name}/__init__.py", "")
        self.write(f"{name}/models.py", models or NOTE_MODEL)
        if migrated:
            self.write(f"{name}/migrations/__init__.py", "")
        self.settings(f"INSTALLED_APPS += ['{name}']\n")

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """A command in the container, such as `manage.py migrate`."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.code,
            env=self.surroundings(),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def do(self, *steps: dict[str, Any]) -> list[Any]:
        """What came of each step, all in one process that stays for the next ones; `log` has its output meanwhile."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE / "visits.py")],
                cwd=self.code,
                env=self.surroundings(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                universal_newlines=True,
            )
        pipes = self._process
        assert pipes.stdin and pipes.stdout
        print(json.dumps(steps), file=pipes.stdin, flush=True)
        self.log = ""
        for line in pipes.stdout:
            if line.startswith("=>"):
                results = json.loads(line[2:])
                if isinstance(results, str):
                    raise AssertionError(results)
                return results
            self.log += line
        self.stop()
        raise AssertionError(self.log)

    def stop(self) -> None:
        """Ends the process: the next steps are done by one that reads the settings anew."""
        if self._process is not None:
            self._process.communicate(timeout=30)
            self._process = None

    def surroundings(self) -> dict[str, str]:
        """As Homeport starts a container's processes."""
        return {
            "PATH": os.environ["PATH"],
            # Of settings that change within a second, Python would take what it compiled before.
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(PYTHON),
            "HOMEPORT_SITE": json.dumps(self.site),
            "HOMEPORT_SECRETS": str(self.secrets),
            **self.environment,
        }


def _startproject(folder: Path) -> None:
    from django.core.management import ManagementUtility

    ManagementUtility(["django-admin", "startproject", "mysite", str(folder)]).execute()


class ProjectTest(unittest.TestCase):
    """Tests of one project, whose steps are done once."""

    project: Project

    @classmethod
    def setUpClass(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory()
        cls.project = Project(Path(cls._folder.name))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.project.stop()
        cls._folder.cleanup()

    def adjust(self, **site: Any) -> None:
        """Another HOMEPORT_SITE, for this test."""
        before = dict(self.project.site)
        self.project.stop()
        self.project.site.update(site)

        def back() -> None:
            self.project.stop()
            self.project.site = before

        self.addCleanup(back)

    def changed(self, report: dict[str, Any], setting: str) -> Optional[dict[str, str]]:
        """The line of a report for a setting."""
        return next((line for line in report["set"] if line["setting"] == setting), None)


NOTE_MODEL = """
from django.db import models


class Note(models.Model):
    text = models.CharField(max_length=100)
    file = models.FileField(blank=True)
"""
