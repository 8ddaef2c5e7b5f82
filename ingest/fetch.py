"""One conditional GET with every guard: addresses checked at connect, redirects by hand, caps on time and bytes.

What may go wrong is a value (`Failed`), named by `reason`; nothing here raises for what a server does.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Self
from urllib.parse import urljoin

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver

from ingest.body import ACCEPTED, BrokenBodyError, TooLargeError, opened
from ingest.reasons import ForbiddenAddressError, reason_of, words_of
from ingest.urls import absolute
from khabar.errors import RejectedError
from khabar.netguard import SETTING, Guard, GuardedResolver

ACCEPT_FEED: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ACCEPT_PAGE: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
PERMANENT: Final = frozenset({301, 308})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


SMALL: Final = 16 * 1024
"""A compressed body of fewer bytes is opened at once."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Caps of one fetch: bytes as sent and once opened, seconds in all, seconds without a byte, redirects."""

    max_wire: int = 10 * 1024 * 1024
    max_body: int = 20 * 1024 * 1024
    total_s: float = 45.0
    idle_s: float = 15.0
    redirects: int = 8


PAGE_LIMITS: Final = Limits(max_wire=5 * 1024 * 1024, max_body=5 * 1024 * 1024, total_s=30.0)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A body came. `url` is the last address; `moved_to` the new one if only permanent redirects led to it."""

    url: str
    body: bytes
    headers: dict[str, str]
    moved_to: str = ""
    wire_bytes: int = 0
    latency_ms: float = 0.0
    status: int = 200


class NotModified(msgspec.Struct, frozen=True, kw_only=True):
    """The server says 304 to the validators that were sent."""

    url: str
    headers: dict[str, str]
    moved_to: str = ""
    latency_ms: float = 0.0
    status: int = 304


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing usable came: `reason` is a short name (http_404, timeout, dns, tls, forbidden_address, ...)."""

    reason: str
    error: str = ""
    status: int = 0
    url: str = ""
    headers: dict[str, str] = {}
    latency_ms: float = 0.0


Outcome = Fetched | NotModified | Failed


class Fetcher:
    """A session shared by all fetches of a process. Use as `async with Fetcher(...) as fetcher`."""

    def __init__(
        self,
        *,
        user_agent: str,
        guard: Guard,
        connections: int = 100,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`guard` says which addresses may be reached; `resolver` stands in for the system's (tests)."""
        self._agent, self._guard, self._connections, self._resolver = user_agent, guard, connections, resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=self._connections,
            resolver=GuardedResolver(self._guard, self._resolver),
            use_dns_cache=True,
            ttl_dns_cache=300,
            socket_factory=self._socket,
            keepalive_timeout=15,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED},
            trust_env=False,
            max_line_size=16384,
            max_field_size=16384,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    def _socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        family, kind, proto, _, address = addr_info
        if not self._guard.permits(str(address[0])):
            raise ForbiddenAddressError(f"{address[0]} is an address inside a private or reserved network ({SETTING})")
        return socket.socket(family, kind, proto)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        accept: str = ACCEPT_FEED,
        insecure_tls: bool = False,
    ) -> Outcome:
        """Return what `url` gives. `headers` may carry validators; `insecure_tls` takes any certificate."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(limits.total_s):
                return await self._follow(url, {"Accept": accept, **(headers or {})}, limits, started, insecure_tls=insecure_tls)
        except TimeoutError:
            return Failed(reason="timeout", error=f"no whole answer in {limits.total_s:g} s", url=url, latency_ms=_ms(started))
        except (aiohttp.ClientError, OSError, ValueError, TooLargeError, BrokenBodyError, RejectedError) as e:
            return Failed(reason=reason_of(e), error=words_of(e), url=url, latency_ms=_ms(started))

    async def post(self, url: str, data: Mapping[str, str], limits: Limits = PAGE_LIMITS) -> int:
        """Send a form to `url` (no redirects) and return the status; 0 where no answer came."""
        if self._session is None or not absolute(url):
            return 0
        try:
            async with (
                asyncio.timeout(limits.total_s),
                self._session.post(url, data=dict(data), allow_redirects=False) as response,
            ):
                return response.status
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, RejectedError):
            return 0

    async def _follow(self, url: str, headers: dict[str, str], limits: Limits, started: float, *, insecure_tls: bool) -> Outcome:
        permanent, moved, seen = True, "", {url}
        for _ in range(limits.redirects + 1):
            if not absolute(url):
                return Failed(
                    reason="bad_address", error=f"not an http(s) address: {url[:200]}", url=url, latency_ms=_ms(started)
                )
            self._guard.check_url(url)
            step = await self._once(url, headers, limits, started, moved, insecure_tls=insecure_tls)
            if not isinstance(step, str):
                return step
            status, _, target = step.partition(" ")
            permanent = permanent and int(status) in PERMANENT
            url = urljoin(url, target)
            if url in seen:
                return Failed(reason="redirect_loop", error=f"comes back to {url[:200]}", url=url, latency_ms=_ms(started))
            seen.add(url)
            moved = url if permanent else ""
        return Failed(reason="too_many_redirects", error=f"more than {limits.redirects}", url=url, latency_ms=_ms(started))

    async def _once(
        self, url: str, headers: dict[str, str], limits: Limits, started: float, moved: str, *, insecure_tls: bool
    ) -> Outcome | str:
        """Return the outcome, or "STATUS TARGET" of a redirect."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        options: dict[str, Any] = {"ssl": False} if insecure_tls else {}
        async with self._session.get(
            url, headers=headers, allow_redirects=False, timeout=_idle(limits.idle_s), **options
        ) as response:
            got = {k.lower(): v for k, v in response.headers.items()}
            status = response.status
            if status in REDIRECTS and got.get("location"):
                return f"{status} {got['location']}"
            if status == 304:
                return NotModified(url=url, headers=got, moved_to=moved, latency_ms=_ms(started))
            if status != 200:
                return Failed(
                    reason=f"http_{status}",
                    error=response.reason or "",
                    status=status,
                    url=url,
                    headers=got,
                    latency_ms=_ms(started),
                )
            wire = await _read(response, limits.max_wire)
            body = await _opened(wire, got.get("content-encoding", ""), limits.max_body)
            return Fetched(
                url=url, body=body, headers=got, moved_to=moved, wire_bytes=len(wire), latency_ms=_ms(started), status=status
            )


@lru_cache(maxsize=16)
def _idle(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)


async def _read(response: aiohttp.ClientResponse, cap: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > cap:
            raise TooLargeError(f"more than {cap} bytes")
    return b"".join(pieces)


async def _opened(wire: bytes, encodings: str, cap: int) -> bytes:
    """Open a body; a compressed one that may be a bomb in a thread, so that other fetches' time-outs stay true."""
    if encodings and len(wire) > SMALL:
        return await asyncio.to_thread(opened, wire, encodings, cap)
    return opened(wire, encodings, cap)


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def user_agent(contact: str) -> str:
    """Return what every site is told: our name, and where to complain."""
    return f"Khabar/{version('khabar')} (+{contact})" if _installed() else f"Khabar (+{contact})"


def _installed() -> bool:
    try:
        version("khabar")
    except PackageNotFoundError:  # run from a checkout
        return False
    return True
