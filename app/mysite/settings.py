"""Settings of the site, from files and the environment (README.md lists them). Nothing secret has a default."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from mysite import databases, environment, object_storage

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DJANGO_DATA_DIR", "/data"))

SECRET_KEY = environment.secret("DJANGO_SECRET_KEY")
DEBUG = environment.flag("DJANGO_DEBUG")
ALLOWED_HOSTS = environment.items("DJANGO_ALLOWED_HOSTS")
if not ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured(
        "DJANGO_ALLOWED_HOSTS is empty: set it to the site's names, like www.example.org,example.org."
    )

SITE_TITLE = environment.text("DJANGO_SITE_TITLE", "Homeport Weblog")
SITE_TAGLINE = environment.text(
    "DJANGO_SITE_TAGLINE", "Notes from a small computer on a shelf, open to the whole world."
)
POSTS_PER_PAGE = 5

INSTALLED_APPS = [
    "weblog",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    # WhiteNoise serves static files for `runserver` too, so that development and production behave alike.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "mysite.middleware.trusted_proxy",
    "mysite.middleware.request_log",
    "mysite.middleware.no_script_name",
    "mysite.middleware.browser_rules",
    "django.middleware.security.SecurityMiddleware",
    "mysite.middleware.health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mysite.middleware.TextGZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "weblog.context.site",
            ],
        },
    },
]

DATABASES = databases.configured(DATA_DIR)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# A mail server of yours, for what you add to the site: Django's own defaults where the variables are not set.
EMAIL_HOST = environment.text("EMAIL_HOST", "localhost")
EMAIL_PORT = environment.whole_number("EMAIL_PORT", 25)
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.secret("EMAIL_HOST_PASSWORD") if environment.has_secret("EMAIL_HOST_PASSWORD") else ""
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "webmaster@localhost")

LANGUAGE_CODE = "en"
TIME_ZONE = environment.text("DJANGO_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"

# Of this container, unless STORAGE_ENDPOINT says otherwise. WhiteNoise serves what the image has in both cases.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
OBJECT_STORAGE = object_storage.configured()
if OBJECT_STORAGE:
    STORAGES = OBJECT_STORAGE.storages()
    STATICFILES_FINDERS = ["mysite.s3.BuiltFiles"]
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Small files in memory, large ones on the disk of the data (mysite.uploads says why).
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "mysite.uploads.UnnamedFileUploadHandler",
]
UPLOADS_DIR = DATA_DIR / "uploads"

# The largest picture. Without an imaging library on the server it is sent to readers as it is, so it must fit a phone.
PICTURE_MAX_BYTES = 4 * 1024 * 1024
PICTURE_MAX_SIDE = 6000

# Whose X-Forwarded-* are believed (Traefik as this container sees it).
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = environment.items("DJANGO_CSRF_TRUSTED_ORIGINS")

SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

SECURE_HSTS_SECONDS = environment.whole_number("DJANGO_HSTS_SECONDS", 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.flag("DJANGO_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = environment.flag("DJANGO_HSTS_PRELOAD")
# W005 (subdomains) and W021 (preload): both bind names that belong to other services of the owner and cannot be taken
# back for as long as browsers remember them, so they are the owner's choice and off by default.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOG_LEVEL = environment.choice("DJANGO_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mysite.logs.JsonFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would print or mail the same record a second time.
        "django": {"handlers": [], "propagate": True},
        # Answers below 500 are in the request line already.
        "django.request": {"level": "ERROR"},
        # With DEBUG they would write signatures and whole requests.
        **{name: {"level": "WARNING"} for name in ("boto3", "botocore", "psycopg", "s3transfer", "urllib3")},
    },
}
