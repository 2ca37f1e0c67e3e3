"""Gunicorn's settings, for GUNICORN_CMD_ARGS="--config python:homeport_django.gunicorn".

What a project says itself wins: its command's options, and the gunicorn.conf.py of its folder, which is read here
because Gunicorn reads one file only. Names that an older Gunicorn does not know do nothing there.
"""

import os

from homeport_django.site import current

_site = current()

if not _site.keeps("gunicorn"):
    # Every answer ends its connection: with kept ones, a request sent at the moment of a stop would be lost.
    keepalive = 0
    # A heartbeat file on a disk could block for seconds.
    worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    control_socket_disable = True
    # Nobody may set SCRIPT_NAME or PATH_INFO by a header (an empty list would mean Gunicorn's default, so it names a
    # header that no one sends).
    forwarder_headers = "DUMMY"
    header_map = "drop"
    if not _site.keeps("logs"):
        # Requests are logged by the middleware.
        logger_class = "homeport_django.gunicorn_logs.JsonLogger"

if os.path.isfile("gunicorn.conf.py"):
    with open("gunicorn.conf.py", encoding="utf-8") as _file:
        exec(compile(_file.read(), "gunicorn.conf.py", "exec"))
