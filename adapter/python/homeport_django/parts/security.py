"""Who may ask, by which names, and what browsers are told."""

from typing import Any

from homeport_django.changes import Draft
from homeport_django.site import Site, secret

# A container asks itself by these (its image's HEALTHCHECK); the proxy passes on no request that does.
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def debug(site: Site, draft: Draft) -> None:
    """DEBUG off, and of templates as well: a debug page shows settings and code to anybody."""
    if draft.get("DEBUG"):
        draft.set("DEBUG", False, "a debug page shows code and settings to every visitor")
        draft.note(
            "DEBUG was on when the project's settings were read: what they derive from it (middleware, mail, logs) "
            "is as for development. Have them read it from the environment, off by default."
        )
    templates = draft.get("TEMPLATES") or []
    if any((entry.get("OPTIONS") or {}).get("debug") for entry in templates):
        quiet = [{**entry, "OPTIONS": {**(entry.get("OPTIONS") or {}), "debug": False}} for entry in templates]
        draft.set("TEMPLATES", quiet, "template errors show code", was="OPTIONS debug on", now="OPTIONS debug off")


def key(site: Site, draft: Draft) -> None:
    """The generated key: one that nobody has read in a repository or an image."""
    ours = secret("django_secret_key")
    theirs = draft.get("SECRET_KEY")
    if not ours or theirs == ours:
        return
    was = "empty"
    if theirs:
        was = "Django's for development" if str(theirs).startswith("django-insecure-") else "the project's own"
    why = "it signs sessions, and nobody else has this one"
    draft.set("SECRET_KEY", ours, why, was=was, now="the generated one")


def _matches(pattern: str, host: str) -> bool:
    """As Django compares a name with an entry of ALLOWED_HOSTS."""
    pattern, host = pattern.lower(), host.lower()
    return pattern == host or (pattern.startswith(".") and (host.endswith(pattern) or host == pattern[1:]))


def hosts(site: Site, draft: Draft) -> None:
    """ALLOWED_HOSTS with every name of the site and without `*`."""
    before: list[str] = list(draft.get("ALLOWED_HOSTS") or [])
    names = [host for host in before if host != "*"]
    wanted = [*site.hosts, *site.admin_hosts]
    missing = [host for host in wanted if not any(_matches(name, host) for name in names)]
    if missing or "*" in before:
        asked_inside = [host for host in LOOPBACK if host not in names]
        why = "the site is served by these names" if missing else "any name would be taken for the site's"
        draft.set("ALLOWED_HOSTS", [*names, *missing, *asked_inside], why)


def csrf(site: Site, draft: Draft) -> None:
    """CSRF_TRUSTED_ORIGINS with the site's names by https, as a browser's forms give them."""
    import django

    before: list[str] = list(draft.get("CSRF_TRUSTED_ORIGINS") or [])
    prefix = "https://" if django.VERSION >= (4, 0) else ""
    missing = [prefix + host for host in [*site.hosts, *site.admin_hosts] if prefix + host not in before]
    if missing:
        draft.set("CSRF_TRUSTED_ORIGINS", before + missing, "forms are sent from these")


def proxy(site: Site, draft: Draft) -> None:
    """TLS ends at the proxy, which says so in a header that visitors cannot set (`visitors` drops theirs)."""
    wanted = ("HTTP_X_FORWARDED_PROTO", "https")
    before: Any = draft.get("SECURE_PROXY_SSL_HEADER")
    if before is None or tuple(before) != wanted:
        draft.set("SECURE_PROXY_SSL_HEADER", wanted, "TLS ends at the proxy")


def cookies(site: Site, draft: Draft) -> None:
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not draft.get(name):
            draft.set(name, True, "the site is served by https only")


def hsts(site: Site, draft: Draft) -> None:
    """The seconds of the stack's settings; where the project says a number itself, its own."""
    seconds = int(site.hsts.get("seconds") or 0)
    if not seconds or draft.get("SECURE_HSTS_SECONDS"):
        return
    draft.set("SECURE_HSTS_SECONDS", seconds, "browsers are to insist on https")
    for name, said in (("SECURE_HSTS_INCLUDE_SUBDOMAINS", "includeSubdomains"), ("SECURE_HSTS_PRELOAD", "preload")):
        wanted = bool(site.hsts.get(said))
        if draft.get(name) != wanted:
            draft.set(name, wanted, "browsers are to insist on https")


def checks(site: Site, draft: Draft) -> None:
    """Of `check --deploy`, what is decided elsewhere.

    W005 (subdomains) and W021 (preload) bind names that belong to other services of the owner and cannot be taken back
    for as long as browsers remember them. W008 (redirect to https) is the proxy's work.
    """
    before = list(draft.get("SILENCED_SYSTEM_CHECKS") or [])
    missing = [check for check in ("security.W005", "security.W008", "security.W021") if check not in before]
    if missing:
        draft.set("SILENCED_SYSTEM_CHECKS", before + missing, "the stack's settings and the proxy decide on these")
