"""Where a project's admins are mounted, read from its URLs."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, get_script_prefix
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern

# The name of Wagtail's first page of its admin.
_WAGTAIL = "wagtailadmin_home"


class Admins(NamedTuple):
    """`django` and `wagtail`: addresses below which everything is an admin's. `notes`: what could not be read."""

    django: list[str]
    wagtail: list[str]
    notes: list[str]


def find() -> Admins:
    """All addresses of admins, of each language where the language is part of them.

    Raises what the project's own URLs raise where they cannot be loaded.
    """
    admins = Admins([], [], [])
    seen: set[tuple[str, int]] = set()
    for prefix, kind in _walk(get_resolver().url_patterns, (get_script_prefix(),), admins.notes, seen):
        found = getattr(admins, kind)
        if prefix not in found:
            found.append(prefix)
    return admins


def _walk(
    patterns: Any, prefixes: tuple[str, ...], notes: list[str], seen: set[tuple[str, int]]
) -> Iterator[tuple[str, str]]:
    for entry in patterns:
        if isinstance(entry, URLPattern) and entry.name == _WAGTAIL:
            for prefix in prefixes:
                yield prefix, "wagtail"
        if not isinstance(entry, URLResolver):
            continue
        is_admin = entry.app_name == "admin"
        below, unreadable = _below(prefixes, entry.pattern)
        if unreadable:
            # Whether an admin is behind it decides whether it matters.
            if is_admin or any(True for _ in _walk(entry.url_patterns, ("",), [], seen)):
                notes.append(f"An admin's address cannot be read from its pattern: {prefixes[0]}{entry.pattern}")
            continue
        if is_admin:
            for prefix in below:
                yield prefix, "django"
            continue
        # URLs that include themselves would not end.
        step = (below[0], id(entry.urlconf_name))
        if step not in seen:
            seen.add(step)
            yield from _walk(entry.url_patterns, below, notes, seen)


def _below(prefixes: tuple[str, ...], pattern: Any) -> tuple[tuple[str, ...], bool]:
    """The prefixes with a pattern at their end, and whether it could not be read."""
    if isinstance(pattern, LocalePrefixPattern):
        languages = [code for code, _ in settings.LANGUAGES]
        codes = ["" if _is_bare(code, pattern) else f"{code}/" for code in languages]
        return tuple(prefix + code for prefix in prefixes for code in dict.fromkeys(codes)), False
    text = str(pattern)
    if isinstance(pattern, RoutePattern):
        return tuple(prefix + text for prefix in prefixes), "<" in text
    if isinstance(pattern, RegexPattern):
        literal = re.sub(r"\\([^A-Za-z0-9])", r"\1", text.lstrip("^"))
        return tuple(prefix + literal for prefix in prefixes), not _is_literal(text)
    return prefixes, True


def _is_bare(code: str, pattern: LocalePrefixPattern) -> bool:
    return code == settings.LANGUAGE_CODE and not pattern.prefix_default_language


def _is_literal(text: str) -> bool:
    """Whether a regular expression is just a text, such as ^admin/ or ^my\\-admin/."""
    return re.fullmatch(r"\^?(?:[\w/~%@:,;=!&'-]|\\[^A-Za-z0-9])*", text) is not None
