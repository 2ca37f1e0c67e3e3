"""Gunicorn with our settings, and with a project's own beside them."""

import json
import os
import socket
import subprocess
import sys
import time
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

    def serve(self, *options: str) -> "tuple[subprocess.Popen[bytes], int]":
        """Gunicorn with one worker, and its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "mysite.wsgi", f"--bind=127.0.0.1:{port}", "--workers=1", *options],
            cwd=self.project.code,
            env=self.project.surroundings(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return process, port
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Gunicorn does not listen")

    def film(self) -> bytes:
        content = os.urandom(6_000_000)
        media = self.project.data / "media"
        media.mkdir(exist_ok=True)
        (media / "film.mp4").write_bytes(content)
        return content

    def ask(self, port: int, path: str, **headers: str) -> socket.socket:
        connection = socket.socket()
        # What a slow reader's own buffer takes is small.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", port))
        lines = {"Host": "www.x.test", "X-Forwarded-Proto": "https", **headers}
        text = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        connection.sendall(f"GET {path} HTTP/1.1\r\n{text}\r\n".encode())
        self.addCleanup(connection.close)
        return connection

    def read(self, connection: socket.socket) -> "tuple[bytes, bytes]":
        """Head and content of an answer, to the end of its connection."""
        text = b""
        while part := connection.recv(1_000_000):
            text += part
        # Gunicorn waits two seconds for whoever leaves that to it.
        connection.close()
        head, _, content = text.partition(b"\r\n\r\n")
        return head, content

    def test_slow_readers_of_a_large_file_keep_nobody_waiting(self):
        content = self.film()
        for options in (["--threads=2"], []):
            with self.subTest(options):
                _, port = self.serve(*options)
                slow = [self.ask(port, "/media/film.mp4") for _ in range(20)]
                begins = [connection.recv(500) for connection in slow]
                for _ in range(10):
                    head, _ = self.read(self.ask(port, "/"))
                    self.assertRegex(head, b"^HTTP/1.1 (200|404)")
                for begin, connection in list(zip(begins, slow))[-2:]:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
                    rest = b"".join(iter(lambda: connection.recv(1_000_000), b""))
                    head, _, got = (begin + rest).partition(b"\r\n\r\n")
                    self.assertIn(b"Content-Length: 6000000", head)
                    self.assertEqual(hash(got), hash(content))

    def test_a_part_of_a_file_and_a_reader_that_goes(self):
        content = self.film()
        _, port = self.serve("--threads=2")
        for _ in range(5):
            self.ask(port, "/media/film.mp4").close()
        head, got = self.read(self.ask(port, "/media/film.mp4", Range="bytes=1000-3000999"))
        self.assertIn(b"206 Partial Content", head)
        self.assertEqual(hash(got), hash(content[1000:3001000]))

    def test_a_file_on_its_way_is_sent_to_its_end_when_the_server_stops(self):
        content = self.film()
        process, port = self.serve("--threads=2")
        connection = self.ask(port, "/media/film.mp4")
        begin = connection.recv(500)
        process.terminate()
        rest = b"".join(iter(lambda: connection.recv(1_000_000), b""))
        self.assertEqual(hash((begin + rest).partition(b"\r\n\r\n")[2]), hash(content))
        self.assertEqual(process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
