"""Gunicorn's settings. Numbers can be changed by the environment, what guards the site cannot."""

import os


def number(name: str, default: int) -> int:
    """A whole number of 1 or more from the environment."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise SystemExit(f"{name} is {value!r}: expected a whole number, 1 or more.")
    return int(value)


bind = os.environ.get("GUNICORN_BIND", "0.0.0.0:8000")
workers = number("GUNICORN_WORKERS", 3)
# Traefik passes bodies on as they come: a visitor who sends slowly would hold a whole sync worker, and three of them
# the whole site. With threads it costs one of workers x threads, and files are served about twice as fast.
# GUNICORN_THREADS=1 is the sync worker, a sixth faster with database pages when the processor is the limit.
threads = number("GUNICORN_THREADS", 4)
worker_class = "gthread" if threads > 1 else "sync"
# Every answer ends its connection: with kept ones, a request sent at the moment of a stop would be lost.
keepalive = 0
timeout = number("GUNICORN_TIMEOUT", 30)
graceful_timeout = number("GUNICORN_GRACEFUL_TIMEOUT", 25)
# Workers are replaced now and then, not all at once: a leak never grows large on a small machine.
max_requests = 10_000
max_requests_jitter = 1_000

# The root file system is read-only; a heartbeat file on a disk could block for seconds.
worker_tmp_dir = "/dev/shm"
control_socket_disable = True

# Only these may say that the visitor came by https, and nobody may set SCRIPT_NAME or PATH_INFO by a header
# (an empty list would mean Gunicorn's default, so it names a header that no one sends).
forwarded_allow_ips = os.environ.get("TRUSTED_PROXIES", "")
forwarder_headers = "DUMMY"
header_map = "drop"
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190

logger_class = "mysite.gunicorn_logs.JsonGunicornLogger"
accesslog = "-"
errorlog = "-"
loglevel = "info"
