"""Logins that leave room for everybody else: few at a time, and fewer for an address that keeps guessing.

A password is hashed slowly by design, on a Raspberry Pi for a second: a dozen logins at once would hold all threads.
"""

import functools
import threading
import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Optional

from django.http import HttpRequest, HttpResponse

from homeport_django.site import Site, at_home

# Logins of one process that are checked at a time, and that wait for their turn.
CHECKED, WAITING = 1, 1
# Seconds of patience of one that waits.
PATIENCE = 10
# Wrong passwords from one address within the period, seconds, in one process, before it waits for the end of it.
WRONG, PERIOD = 10, 600
# Addresses that are remembered: a few hundred bytes each.
REMEMBERED = 10_000
# Seconds after which a client should try again (Retry-After).
AGAIN = 5


class Refused(Exception):
    """A login that is not checked now."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"not checked now; again in {seconds} s")
        self.seconds = seconds


class Guesses:
    """Wrong passwords by address. The oldest addresses are forgotten first."""

    def __init__(self) -> None:
        self._times: "OrderedDict[str, list[float]]" = OrderedDict()
        self._lock = threading.Lock()

    def add(self, address: str, now: float) -> None:
        with self._lock:
            times = [at for at in self._times.pop(address, []) if now - at < PERIOD]
            self._times[address] = [*times, now][-WRONG:]
            while len(self._times) > REMEMBERED:
                self._times.popitem(last=False)

    def wait(self, address: str, now: float) -> int:
        """Seconds for which an address has to wait; 0: it may try."""
        with self._lock:
            recent = [at for at in self._times.get(address, []) if now - at < PERIOD]
        return int(recent[0] + PERIOD - now) + 1 if len(recent) >= WRONG else 0


def network_of(address: str) -> str:
    """What belongs to one household: an IPv4 address, or a /64 of IPv6 (RFC 6177)."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address


class Queue:
    """Hands out the turns of one process."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(CHECKED)
        self._places = threading.BoundedSemaphore(CHECKED + WAITING)

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise Refused(AGAIN)
        if not self._turn.acquire(timeout=PATIENCE):
            self._places.release()
            raise Refused(AGAIN)

    def __exit__(self, *_: Any) -> None:
        self._turn.release()
        self._places.release()


def watch(site: Site) -> None:
    """From now on Django's own way of checking a password goes through the queue.

    The owner at home is never made to wait for others' guesses.
    """
    from django.contrib.auth.backends import ModelBackend
    from django.contrib.auth.signals import user_login_failed

    queue, guesses = Queue(), Guesses()
    check = ModelBackend.authenticate

    def address(request: Optional[HttpRequest]) -> Optional[str]:
        # Where the project keeps the proxy's address, all visitors have one.
        if request is None or site.keeps("proxy") or at_home(site, request.META):
            return None
        return network_of(request.META.get("REMOTE_ADDR", ""))

    @functools.wraps(check)
    def check_in_turn(self: Any, request: Any, username: Any = None, password: Any = None, **more: Any) -> Any:
        known = address(request)
        wait = guesses.wait(known, time.monotonic()) if known else 0
        if wait:
            raise Refused(wait)
        with queue:
            return check(self, request, username=username, password=password, **more)

    def note(request: Optional[HttpRequest] = None, **_: Any) -> None:
        known = address(request)
        if known:
            guesses.add(known, time.monotonic())

    ModelBackend.authenticate = check_in_turn
    user_login_failed.connect(note, dispatch_uid="homeport_logins", weak=False)


def answer(request: HttpRequest, exception: Exception) -> Optional[HttpResponse]:
    """What a visitor gets whose login is not checked now (RFC 6585, section 4); None for any other exception."""
    if not isinstance(exception, Refused):
        return None
    text = f"Too many logins. Try again in {exception.seconds} seconds.\n"
    response = HttpResponse(text, status=429, content_type="text/plain")
    response["Retry-After"] = str(exception.seconds)
    return response
