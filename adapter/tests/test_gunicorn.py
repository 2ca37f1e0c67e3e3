"""Gunicorn with our settings, and with a project's own beside them."""

import json
import subprocess
import sys
import unittest
from importlib.util import find_spec
from typing import Any

from projects import ProjectTest

PRINTED = (
    "import json, sys; from gunicorn.app.wsgiapp import WSGIApplication\n"
    "cfg = WSGIApplication('gunicorn').cfg\n"
    "print(json.dumps({n: str(getattr(cfg, n)) for n in ('keepalive', 'workers', 'logger_class', 'timeout')}))\n"
)


@unittest.skipUnless(find_spec("gunicorn"), "there is no gunicorn for this Python")
class GunicornTest(ProjectTest):
    def setUp(self) -> None:
        self.project.environment["GUNICORN_CMD_ARGS"] = "--config python:homeport_django.gunicorn"

    def config(self, *options: str) -> Any:
        done = self.project.run("-c", PRINTED, *options, "mysite.wsgi")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_what_the_project_says_wins(self):
        found = self.config("--workers=3")
        self.assertEqual((found["keepalive"], found["workers"], found["timeout"]), ("0", "3", "30"))
        self.assertIn("JsonLogger", found["logger_class"])
        self.project.write("gunicorn.conf.py", "timeout = 77\nkeepalive = 5\n")
        self.addCleanup((self.project.code / "gunicorn.conf.py").unlink)
        found = self.config()
        self.assertEqual((found["keepalive"], found["timeout"]), ("5", "77"))
        self.assertIn("JsonLogger", found["logger_class"])

    def test_its_lines_are_json(self):
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "mysite.wsgi", "--bind", "127.0.0.1:0", "--workers=1"],
            cwd=self.project.code,
            env=self.project.surroundings(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        assert process.stderr
        with process, process.stderr:
            lines = []
            for line in process.stderr:
                lines.append(json.loads(line))
                if lines[-1]["event"].startswith("Booting worker"):
                    break
            process.terminate()
            process.stderr.read()
        self.assertEqual({line["logger"] for line in lines}, {"gunicorn.error"})


if __name__ == "__main__":
    unittest.main()
