"""How often and how many at once one host is asked: by registered domain, so that its subdomains share one budget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from ingest.urls import site

HOLD_MAX_S: Final = 3600.0
"""A Retry-After keeps a host's other feeds and pages waiting for this long at most; who got it waits as it was told."""


class _Host:
    def __init__(self, places: int) -> None:
        self.busy = 0
        self.free_at = 0.0
        self.places = asyncio.Semaphore(places)


class Hosts:
    """Budgets of all hosts. `tick` gives seconds that only grow (time.monotonic)."""

    def __init__(self, *, spacing_s: float, concurrency: int, tick: Callable[[], float]) -> None:
        self._spacing, self._concurrency, self._tick = spacing_s, concurrency, tick
        self._hosts: dict[str, _Host] = {}

    def wait(self, url: str) -> float:
        """Return the seconds until the host of `url` may be asked; 0 is now."""
        host = self._hosts.get(host_of(url))
        if host is None:
            return 0.0
        wait = max(0.0, host.free_at - self._tick())
        return max(wait, self._spacing, 0.02) if host.busy >= self._concurrency else wait

    def take(self, url: str) -> None:
        """Begin a request to the host of `url`."""
        host = self._host(url)
        host.busy += 1
        host.free_at = max(host.free_at, self._tick()) + self._spacing

    def release(self, url: str) -> None:
        """End a request that was begun."""
        self._host(url).busy -= 1

    def hold(self, url: str, seconds: float) -> None:
        """Leave the host of `url` alone for so long, HOLD_MAX_S at most: it said that we ask too much."""
        host = self._host(url)
        host.free_at = max(host.free_at, self._tick() + min(seconds, HOLD_MAX_S))

    @asynccontextmanager
    async def slot(self, url: str) -> AsyncIterator[None]:
        """Wait for the host of `url`, in turn, and hold one of its places."""
        host = self._host(url)
        async with host.places:
            wait = max(0.0, host.free_at - self._tick())
            self.take(url)
            try:
                await asyncio.sleep(wait)
                yield
            finally:
                self.release(url)

    def _host(self, url: str) -> _Host:
        name = host_of(url)
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(self._concurrency)
        return host


@lru_cache(maxsize=65536)
def host_of(url: str) -> str:
    """Return what a budget belongs to: the registered domain, or the address and port of a bare IP address."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    domain = site(name)
    return f"{name}:{parts.port}" if domain == name and parts.port else domain
