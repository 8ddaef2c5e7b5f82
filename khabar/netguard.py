"""Which addresses the machine may be sent to by a feed, a page, a redirect or a webhook: none in a private network.

The check is made on the addresses that a name resolves to, and the connection is made to those (`GuardedResolver`), so
that a name which resolves to something else a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from khabar.errors import RejectedError, SettingsError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All of IPv6 that leads anywhere (RFC 4291 2.4, IANA): what lies outside may be a translator's or an old site's own."""
_SCHEMES: Final = ("http", "https")
SETTING: Final = "KHABAR_ALLOW_NETWORKS says which may be reached"
"""What a refusal tells the person who meant it."""


class Guard:
    """Says which addresses may be reached. `allow` are CIDR ranges that may be although private (a setting)."""

    def __init__(self, allow: Sequence[str] = ()) -> None:
        """Raise SettingsError for a range that is none."""
        try:
            self._allowed = tuple(ipaddress.ip_network(a, strict=False) for a in allow)
        except ValueError as e:
            raise SettingsError(f"KHABAR_ALLOW_NETWORKS: {e}") from e

    def permits(self, address: str) -> bool:
        """Return whether this IP address may be reached; one that is no IP address may not."""
        return _permitted(address, self._allowed)

    def check_url(self, url: str) -> str:
        """Return the host of an http(s) URL.

        Raises RejectedError for another scheme, a user name, no host, or a literal address that may not be reached.
        """
        host = _host(url)
        self.check_literal(host)
        return host

    def check_literal(self, host: str) -> None:
        """Raise RejectedError if `host` writes down an address that may not be reached; a name passes."""
        literal = _literal(host)
        if literal is not None and not self.permits(literal):
            raise RejectedError(f"{host} is an address inside a private or reserved network ({SETTING})")

    def check_resolved(self, host: str) -> None:
        """Raise RejectedError if `host` leads to an address that may not be reached, now; one that leads nowhere passes.

        For libraries that connect by themselves: a name that changes a moment later is not caught.
        """
        self.check_literal(host)
        try:
            found = socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            return
        for *_, address in found:
            if not self.permits(str(address[0])):
                raise RejectedError(f"{host} leads into a private or reserved network: {address[0]} ({SETTING})")


class GuardedResolver(AbstractResolver):
    """An aiohttp resolver that gives only permitted addresses. Literal addresses never come here: `Guard.check_url` first."""

    def __init__(self, guard: Guard, inner: AbstractResolver | None = None) -> None:
        self._guard, self._inner = guard, inner or DefaultResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Return the permitted addresses of `host`; raises RejectedError where it has only others, OSError where it has none."""
        found = await self._inner.resolve(host, port, family)
        kept = [r for r in found if self._guard.permits(r["host"])]
        if found and not kept:
            raise RejectedError(f"{host} leads into a private or reserved network: {found[0]['host']} ({SETTING})")
        return kept

    async def close(self) -> None:
        """Let go of the inner resolver."""
        await self._inner.close()


@lru_cache(maxsize=16384)
def _permitted(address: str, allowed: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(ip)
    candidates = (ip,) if inner is None else (ip, inner)
    if any(c in network for c in candidates for network in allowed):
        return True
    goes_to = inner or ip
    if goes_to.is_multicast or not goes_to.is_global:
        return False
    return isinstance(goes_to, ipaddress.IPv4Address) or goes_to in _GLOBAL_UNICAST


@lru_cache(maxsize=16384)
def _host(url: str) -> str:
    """Return the host of an http(s) URL; raises RejectedError, which is not cached. A poller asks for the same ones again."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as e:
        raise RejectedError(f"not a URL: {e}") from e
    if parts.scheme.lower() not in _SCHEMES:
        raise RejectedError(f"not an http or https address: {parts.scheme or 'none'}")
    if not host:
        raise RejectedError("a URL without a host")
    if parts.username is not None or parts.password is not None:
        raise RejectedError("a URL with a user name in it")
    return host


@lru_cache(maxsize=16384)
def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _literal(host: str) -> str | None:
    """Return the IP address that `host` writes down, also as 127.1, 0x7f000001 or 2130706433; None for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if host.rstrip(".").lower() == "localhost":
        return "127.0.0.1"
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def _embedded(ip: _Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside an IPv6 one (mapped, 6to4, NAT64), where there is one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour
