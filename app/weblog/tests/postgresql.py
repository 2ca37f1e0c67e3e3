"""A PostgreSQL for the time of some tests, where its programs are installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path
from urllib.parse import quote

# With every character that means something in an address.
PASSWORD = "p@ss/w#rd:%41?"


def missing() -> str | None:
    """Why there can be no PostgreSQL here, or None."""
    if find_library("pq") is None:
        return "there is no libpq: install the package libpq5"
    if _program("initdb") is None:
        return "there is no PostgreSQL: install the package postgresql"
    return None


def _program(name: str) -> str | None:
    """Debian has the programs of each version in a folder of its own, which is not on PATH."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *folders]))


class Server:
    """One that runs, on a port of its own and on this machine only."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "weblog", password: str = PASSWORD) -> str:
        return f"postgresql://weblog:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def change_password(self, password: str, by: str = PASSWORD) -> None:
        import psycopg

        with psycopg.connect(self.url(password=by), autocommit=True) as connection:
            connection.execute(f"ALTER ROLE weblog PASSWORD '{password}'")


@contextmanager
def server():
    """A new server with an empty database; it and its files are gone in the end."""
    # PostgreSQL refuses to be run by root.
    user = {"user": pwd.getpwnam("nobody").pw_uid} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        if user:
            os.chown(folder, user["user"], -1)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        password, data = Path(folder, "password"), Path(folder, "data")
        password.write_text(PASSWORD)
        password.chmod(0o644)
        initdb = [_program("initdb"), "-D", data, "-U", "weblog", "--auth=scram-sha-256", "--no-sync", "-E", "UTF8"]
        subprocess.run([*initdb, f"--pwfile={password}"], check=True, capture_output=True, cwd=folder, **user)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [_program("pg_ctl"), "-D", data, "-w", "-l", Path(folder, "log")]
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
        subprocess.run([*control, "-o", options, "start"], **quiet)
        try:
            import psycopg

            running = Server(port)
            with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE weblog")
            yield running
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
