"""Settings for `manage.py test`: nothing to prepare, nothing outside memory and temporary folders, a quiet log."""

import os

os.environ.update(
    DJANGO_SECRET_KEY_FILE="/nonexistent",
    DJANGO_SECRET_KEY="a-key-for-tests-only",
    DJANGO_ALLOWED_HOSTS="testserver",
    DJANGO_DEBUG="false",
    DJANGO_DATA_DIR="/nonexistent",
    TRUSTED_PROXIES="",
    DATABASE_ENGINE="sqlite",
    STORAGE_ENDPOINT="",
)

from mysite.settings import *  # noqa: E402, F403

# Hashed names need `collectstatic` first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
# In memory, as the first one is.
DATABASES = {alias: {"ENGINE": "django.db.backends.sqlite3", "NAME": alias} for alias in ("default", "other")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"none": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["none"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
