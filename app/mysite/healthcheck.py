"""`python -m mysite.healthcheck`: exit code 0 when this container's site answers /health with 200, else 1."""

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener


def main() -> int:
    port = os.environ.get("GUNICORN_BIND", "0.0.0.0:8000").rpartition(":")[2]
    url = f"http://127.0.0.1:{port}/health"
    try:
        # No proxy, whatever the environment says: this asks the own container.
        with build_opener(ProxyHandler({})).open(url, timeout=5) as answer:
            print(answer.read(100).decode())
            return 0
    except (URLError, OSError) as error:
        print(f"{url}: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
