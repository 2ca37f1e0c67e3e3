"""Readers of the environment: each fault is one sentence that says what to set."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}

Network = IPv4Network | IPv6Network


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, str(default)).strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: expected true or false.")


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default)).strip()
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: expected a whole number, 0 or more.")
    return int(value)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of some words, in small or capital letters."""
    value = text(name) or default
    for word in allowed:
        if value.lower() == word.lower():
            return word
    raise ImproperlyConfigured(f"{name} is {value!r}: expected {', '.join(allowed[:-1])} or {allowed[-1]}.")


def items(name: str) -> list[str]:
    """The parts of a comma list, without blanks."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def networks(name: str) -> list[Network]:
    """A comma list of addresses and networks (192.0.2.7, 2001:db8::/64)."""
    found = []
    for item in items(name):
        try:
            found.append(ip_network(item))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}. Expected addresses or networks like 172.20.0.0/24.") from None
    return found


def web_address(name: str) -> str:
    """An address like https://s3.example.org or https://cdn.example.org/site, without a slash at its end."""
    value = text(name).rstrip("/")
    try:
        parts = urlsplit(value)
        # Reading the port is what checks it.
        valid = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(f"{name} is {value!r}: expected an address like https://s3.example.org.")
    return value


def has_secret(name: str) -> bool:
    """Whether a secret without a default place was given."""
    return bool(text(f"{name}_FILE") or text(name))


def secret(name: str) -> str:
    """A secret from its file, NAME_FILE or /run/secrets/name; without such a file, from NAME (for development)."""
    path = Path(text(f"{name}_FILE", f"/run/secrets/{name.lower()}"))
    try:
        value = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        value = text(name)
        if not value:
            raise ImproperlyConfigured(
                f"There is no {path}: put the secret into that file, or name another by {name}_FILE "
                f"(for development on your own machine, {name} may hold the value itself)."
            ) from None
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read by user id {os.getuid()}: {error.strerror}.") from None
    if not value:
        raise ImproperlyConfigured(f"{path} is empty: it must hold the secret.")
    return value
