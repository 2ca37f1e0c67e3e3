"""A PostgreSQL for the time of some tests, where its programs are installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote

# With every character that means something in an address.
PASSWORD = "p@ss/w#rd:%41?"
USER = "blog"


def missing() -> Optional[str]:
    """Why there can be no PostgreSQL here, or None."""
    if not (find_spec("psycopg") or find_spec("psycopg2")):
        return "there is no psycopg for this Python"
    if _program("initdb") is None:
        return "there is no PostgreSQL: install the package postgresql"
    return None


def _program(name: str) -> Optional[str]:
    """Debian has the programs of each version in a folder of its own, which is not on PATH."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))


class Server:
    """One that runs, on a port of its own and on this machine only."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "blog", password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "blog", password: str = PASSWORD) -> None:
        command = [
            str(_program("psql")),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            USER,
            "-d",
            database,
            "-c",
            statement,
        ]
        environment = {**os.environ, "PGPASSWORD": password}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def server() -> Iterator[Server]:
    """A new server with an empty database; it and its files are gone in the end."""
    # PostgreSQL refuses to be run by root.
    user: dict[str, Any] = {"user": pwd.getpwnam("nobody").pw_uid} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory() as folder:
        if user:
            os.chown(folder, user["user"], -1)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        password, data = Path(folder, "password"), Path(folder, "data")
        password.write_text(PASSWORD)
        password.chmod(0o644)
        initdb = [_program("initdb"), "-D", data, "-U", USER, "--auth=scram-sha-256", "--no-sync", "-E", "UTF8"]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
        subprocess.run([*initdb, f"--pwfile={password}"], **quiet)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [_program("pg_ctl"), "-D", data, "-w", "-l", Path(folder, "log")]
        subprocess.run([*control, "-o", options, "start"], **quiet)
        try:
            running = Server(port)
            running.run("CREATE DATABASE blog", "postgres")
            yield running
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
