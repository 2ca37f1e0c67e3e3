"""The site as its host sees it: addresses, health, headers, log lines, settings, commands."""

import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from unittest import mock

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import DatabaseError
from django.test import SimpleTestCase, TestCase, override_settings

from mysite import healthcheck
from mysite.logs import JsonFormatter
from mysite.middleware import client_address

PROXY = "172.20.0.2"
VISITOR = "198.51.100.30"


@override_settings(TRUSTED_PROXIES=[ip_network("172.20.0.0/24")])
class AddressTest(TestCase):
    def logged(self, **meta) -> dict:
        with self.assertLogs("mysite.request") as logs:
            self.client.get("/?token=secret", **meta)
        return json.loads(JsonFormatter().format(logs.records[0]))

    def test_only_the_proxy_s_own_entry_counts(self):
        cases = (
            (PROXY, VISITOR, VISITOR),
            (PROXY, f"6.6.6.6, {VISITOR}", VISITOR),
            (PROXY, "2001:db8::7", "2001:db8::7"),
            (PROXY, "", PROXY),
            (PROXY, "not-an-address", PROXY),
            ("10.9.9.9", VISITOR, None),
            ("", VISITOR, None),
        )
        for peer, forwarded, expected in cases:
            with self.subTest(peer=peer, forwarded=forwarded):
                self.assertEqual(client_address(peer, forwarded), expected)

    def test_the_log_line_has_the_visitor_and_no_query(self):
        line = self.logged(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=VISITOR, HTTP_X_FORWARDED_PROTO="https")
        self.assertEqual(line["event"], "request")
        self.assertEqual((line["method"], line["path"], line["status"], line["client"]), ("GET", "/", 200, VISITOR))
        self.assertNotIn("secret", json.dumps(line))

    def test_headers_of_others_than_the_proxy_do_nothing(self):
        line = self.logged(REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR=VISITOR, HTTP_X_FORWARDED_PROTO="https")
        self.assertEqual((line["status"], line["client"]), (301, "10.9.9.9"))

    def test_a_script_name_is_refused(self):
        trusted = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": VISITOR, "HTTP_X_FORWARDED_PROTO": "https"}
        for header in ("SCRIPT_NAME", "HTTP_SCRIPT_NAME", "HTTP_PATH_INFO"):
            with self.subTest(header):
                self.assertEqual(self.client.get("/x/admin/", **trusted, **{header: "/x"}).status_code, 400)


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

    def start(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=inherited | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_the_deployment_check_is_clean(self):
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder, "key")
            key.write_text("k3y-" * 5 + "abcdefghijklmnopqrstuvwxyz0123456789\n")
            result = self.start(
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
        )
        for environment, sentence in cases:
            with self.subTest(sentence):
                result = self.start("check", **environment)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(sentence, result.stderr)


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
