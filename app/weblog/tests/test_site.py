"""The site as its host sees it: health, headers, log lines, settings, commands."""

import logging
import os
import socket
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from threading import Thread
from unittest import mock

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError
from django.test import SimpleTestCase, TestCase

from mysite import healthcheck
from mysite.logs import JsonFormatter
from weblog.tests.factories import run_manage


class HealthTest(TestCase):
    def test_it_answers_over_http_by_any_name(self):
        for host in ("testserver", "localhost", "127.0.0.1:8000", "172.20.0.3"):
            with self.subTest(host):
                answer = self.client.get("/health", headers={"host": host})
                self.assertEqual((answer.status_code, answer.content), (200, b"ok"))
                self.assertEqual(answer["Cache-Control"], "no-store")

    def test_it_fails_without_its_database_and_says_nothing_more(self):
        with mock.patch("mysite.middleware.connection.cursor", side_effect=DatabaseError("disk path")):
            with self.assertLogs("mysite.health"):
                answer = self.client.get("/health")
        self.assertEqual((answer.status_code, answer.content), (503, b"database"))

    def test_good_answers_are_not_logged(self):
        with self.assertNoLogs("mysite.request"):
            self.client.get("/health")


class HealthCommandTest(SimpleTestCase):
    """`python -m mysite.healthcheck`, against servers that answer one request each."""

    def said(self, answer: bytes) -> tuple[int, str]:
        with socket.create_server(("127.0.0.1", 0)) as server, redirect_stdout(StringIO()) as said:
            Thread(target=self.answer, args=(server, answer), daemon=True).start()
            with mock.patch.dict(os.environ, GUNICORN_BIND=f"0.0.0.0:{server.getsockname()[1]}"):
                return healthcheck.main(), said.getvalue().strip()

    @staticmethod
    def answer(server: socket.socket, answer: bytes) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(answer)

    def test_200_is_healthy(self):
        self.assertEqual(self.said(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), (0, "ok"))

    def test_anything_else_is_not(self):
        self.assertEqual(self.said(b"HTTP/1.1 503 Service Unavailable\r\n\r\ndatabase"), (1, "database"))
        self.assertEqual(self.said(b"HTTP/1.1 301 Moved Permanently\r\n\r\n"), (1, "HTTP/1.1 301 Moved Permanently"))
        self.assertEqual(self.said(b"200"), (1, "200"))

    def test_nobody_there_is_not(self):
        with mock.patch.dict(os.environ, GUNICORN_BIND="0.0.0.0:1"), redirect_stdout(StringIO()) as said:
            self.assertEqual(healthcheck.main(), 1)
        self.assertIn("port 1: ", said.getvalue())


class HeaderTest(TestCase):
    def test_pages_carry_the_security_headers(self):
        answer = self.client.get("/", secure=True)
        policy = answer["Content-Security-Policy"]
        self.assertNotIn("unsafe", policy)
        self.assertIn("default-src 'none'", policy)
        for header in ("Permissions-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Content-Type-Options"):
            self.assertIn(header, answer)

    def test_http_is_sent_to_https(self):
        answer = self.client.get("/a?b=1")
        self.assertEqual((answer.status_code, answer["Location"]), (301, "https://testserver/a?b=1"))

    def test_cookies_are_for_https_and_not_for_scripts(self):
        self.client.get("/admin/login/", secure=True)
        cookie = self.client.cookies["csrftoken"]
        self.assertTrue(cookie["secure"] and cookie["httponly"] and cookie["samesite"])


class SettingsTest(SimpleTestCase):
    """Each start in a process of its own, as a container does it."""

    def test_the_deployment_check_is_clean(self):
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder, "key")
            key.write_text("k3y-" * 5 + "abcdefghijklmnopqrstuvwxyz0123456789\n")
            result = run_manage(
                *("check", "--deploy", "--fail-level", "WARNING"),
                DJANGO_SECRET_KEY_FILE=str(key),
                DJANGO_ALLOWED_HOSTS="weblog.test,www.weblog.test",
                DJANGO_HSTS_SECONDS="63072000",
                DJANGO_DATA_DIR=folder,
            )
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_start_without_what_it_needs_says_what(self):
        key = {"DJANGO_SECRET_KEY": "x" * 50, "DJANGO_SECRET_KEY_FILE": "/nowhere/key"}
        host = {"DJANGO_ALLOWED_HOSTS": "weblog.test"}
        cases = (
            ({**host, "DJANGO_SECRET_KEY_FILE": "/nowhere/key"}, "There is no /nowhere/key: put the secret"),
            ({**host, "DJANGO_SECRET_KEY_FILE": "/dev/null"}, "/dev/null is empty"),
            (key, "DJANGO_ALLOWED_HOSTS is empty"),
            ({**key, **host, "DJANGO_DEBUG": "maybe"}, "DJANGO_DEBUG is 'maybe'"),
            ({**key, **host, "DJANGO_HSTS_SECONDS": "-1"}, "DJANGO_HSTS_SECONDS is '-1'"),
            ({**key, **host, "TRUSTED_PROXIES": "traefik"}, "TRUSTED_PROXIES: 'traefik'"),
            ({**key, **host, "DJANGO_LOG_LEVEL": "loud"}, "DJANGO_LOG_LEVEL is 'loud': expected DEBUG, INFO,"),
            ({**key, **host, "DATABASE_ENGINE": "mysql"}, "DATABASE_ENGINE is 'mysql': expected sqlite or postgresql."),
            ({**key, **host, "EMAIL_HOST_PASSWORD_FILE": "/nowhere/mail"}, "There is no /nowhere/mail: put the secret"),
            ({**key, **host, "DATABASE_ENGINE": "postgresql"}, "There is no /run/secrets/database_url: "),
        )
        for environment, sentence in cases:
            with self.subTest(sentence):
                result = run_manage("check", **environment)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(sentence, result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)


class EnsureAdminTest(TestCase):
    def run_with(self, password: str) -> str:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(password + "\n")
            file.flush()
            environment = {"DJANGO_ADMIN_PASSWORD_FILE": file.name}
            output = StringIO()
            with mock.patch.dict(os.environ, environment):
                call_command("ensureadmin", "--user", "captain", stdout=output)
        return output.getvalue().strip()

    def test_it_creates_leaves_and_changes(self):
        self.assertEqual(self.run_with("first-pass-word"), "administrator captain: created")
        self.assertEqual(self.run_with("first-pass-word"), "administrator captain: unchanged")
        self.assertEqual(self.run_with("second-pass-word"), "administrator captain: updated (password)")
        user = get_user_model().objects.get(username="captain")
        self.assertTrue(user.is_superuser and user.is_staff and user.check_password("second-pass-word"))


class LogTest(SimpleTestCase):
    def test_a_line_break_in_a_path_cannot_forge_a_line(self):
        record = logging.makeLogRecord({"msg": "request", "fields": {"path": "/a\n{}"}})
        self.assertEqual(JsonFormatter().format(record).count("\n"), 0)
