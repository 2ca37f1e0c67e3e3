"""Who is asking: the visitor's address behind the proxies."""

import sys
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Optional, Union

Address = Union[IPv4Address, IPv6Address]

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
)


class Proxies:
    """The networks whose X-Forwarded-* are believed: those of the site's settings, and this container itself.

    A server inside the container passes requests on by 127.0.0.1 or by a socket, which has no address.
    """

    def __init__(self, networks: list[str]) -> None:
        self._networks = [ip_network(network, strict=False) for network in networks]

    def trust(self, address: Address) -> bool:
        return address.is_loopback or any(address in network for network in self._networks)

    def trust_peer(self, meta: dict[str, Any]) -> bool:
        """Whether a request was passed on by one of them.

        Some ASGI servers (uvicorn, hypercorn, daphne with --proxy-headers) put an entry of X-Forwarded-For in the
        peer's place, with port 0, which no connection has: the server has judged the peer itself then.
        """
        peer = meta.get("REMOTE_ADDR") or ""
        if peer in ("", "unix") or (str(meta.get("REMOTE_PORT")) == "0" and "HTTP_X_FORWARDED_FOR" in meta):
            return True
        address = _address(peer)
        return address is not None and self.trust(address)

    def visitor(self, peer: str, forwarded_for: str) -> str:
        """The visitor's address, of a request that came by a trusted peer.

        Each proxy adds at the end of X-Forwarded-For whom it was asked by. So the entries are believed from the end
        on, for as long as they are proxies of ours: the first that is not one is the visitor, and all before it came
        from outside. Where an entry is no address, the one behind it is the last thing known.
        """
        known = _address(peer)
        for entry in reversed(forwarded_for.split(",")):
            before = _address(entry)
            if before is None:
                break
            known = before
            if not self.trust(known):
                break
        return peer if known is None else str(known)

    def put_right(self, meta: dict[str, Any]) -> None:
        """Sets REMOTE_ADDR to the visitor's address; drops forwarding headers of anyone but a trusted proxy."""
        if not self.trust_peer(meta):
            for header in FORWARDED:
                meta.pop(header, None)
            return
        forwarded_for = meta.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded_for:
            meta["REMOTE_ADDR"] = self.visitor(meta.get("REMOTE_ADDR") or "", forwarded_for)
        # Of a list, Django would believe the first entry, which a visitor may have sent.
        if "," in meta.get("HTTP_X_FORWARDED_PROTO", ""):
            del meta["HTTP_X_FORWARDED_PROTO"]


def asked_directly(meta: dict[str, Any], proxies: Proxies) -> bool:
    """Whether a proxy, or somebody inside the container, asks for themselves and not for a visitor.

    Any forwarding header tells: a server may have dropped some of them. A proxy in front of another one has an address of
    the site's own networks there, and no visitor has a private one.
    """
    if not proxies.trust_peer(meta):
        return False
    if not any(header in meta for header in FORWARDED):
        return True
    if not meta.get("HTTP_X_FORWARDED_FOR"):
        return False
    asked_by = _address(proxies.visitor(meta.get("REMOTE_ADDR") or "", meta["HTTP_X_FORWARDED_FOR"]))
    return asked_by is not None and asked_by.is_private and not asked_by.is_loopback and proxies.trust(asked_by)


def have_headers_passed_on() -> None:
    """Waitress drops forwarding headers by itself, whoever sends them. Called before it makes its server."""
    adjustments = getattr(sys.modules.get("waitress.adjustments"), "Adjustments", None)
    if adjustments is not None:
        adjustments.clear_untrusted_proxy_headers = False


def _address(text: str) -> Optional[Address]:
    """An address as written by a proxy: no port, no zone; IPv4 written as IPv6 is IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return None if "%" in text else address.ipv4_mapped or address
