"""The parts, in the order in which they look at the settings. A part is a function of the site and the draft.

The names are what `keep` of HOMEPORT_SITE lists. A part loads nothing that asks for settings: Django is still reading
them.
"""

from typing import Callable

from homeport_django.changes import Draft
from homeport_django.parts import apps, database, files, logs, security
from homeport_django.site import Site

PARTS: dict[str, Callable[[Site, Draft], None]] = {
    "debug": security.debug,
    "key": security.key,
    "hosts": security.hosts,
    "csrf": security.csrf,
    "proxy": security.proxy,
    "cookies": security.cookies,
    "hsts": security.hsts,
    "checks": security.checks,
    "database": database.database,
    "media": files.media,
    "storage": files.storage,
    "static": files.static,
    "uploads": files.uploads,
    "logs": logs.logs,
    "commands": apps.commands,
    "middleware": apps.middleware,
}
