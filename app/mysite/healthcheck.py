"""`python -m mysite.healthcheck`: exit code 0 when this container's site answers /health with 200, else 1."""

import os
import socket
import sys

# Python's HTTP clients take longer to load than the site to answer, and this runs every 10 s on a small computer.
REQUEST = b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n"


def main() -> int:
    port = os.environ.get("GUNICORN_BIND", "0.0.0.0:8000").rpartition(":")[2]
    try:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=5) as connection:
            connection.sendall(REQUEST)
            with connection.makefile("rb") as answer:
                status = answer.readline(200).decode("latin-1").strip()
                body = answer.read(2000).decode("latin-1").rpartition("\r\n\r\n")[2]
    except (OSError, ValueError) as error:
        print(f"port {port}: {error}")
        return 1
    print(body.strip() or status)
    return 0 if status.split(" ")[1:2] == ["200"] else 1


if __name__ == "__main__":
    sys.exit(main())
