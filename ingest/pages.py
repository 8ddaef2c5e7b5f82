"""Articles' pages: robots.txt honoured, hosts spared, one fetch and one extraction each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

from ingest import robots
from ingest.fetch import ACCEPT_PAGE, PAGE_LIMITS, Failed, Fetched, Fetcher, Limits, NotModified
from ingest.fulltext import Page, Rules, extract
from ingest.hosts import Hosts
from ingest.model import Feed
from ingest.schedule import CROWDED, retry_after

ROBOTS_FOR: Final = timedelta(hours=24)
"""RFC 9309 2.4: how long a robots.txt may be remembered."""
ROBOTS_AGAIN: Final = timedelta(minutes=10)
"""When a robots.txt that could not be had is asked for again."""
ROBOTS_LIMITS: Final = Limits(max_wire=robots.MAX_BYTES, max_body=robots.MAX_BYTES, total_s=15.0)
HELD_S: Final = 180.0
"""A host that is to be left alone for longer is not waited for."""
CROWDED_S: Final = 600.0
"""How long a host's pages are left alone that says \"too many\" and not for how long."""
MAX_ROBOTS: Final = 5000


class PageResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a page: `reason` is empty when `page` holds text, else the name of why there is none."""

    reason: str = ""
    page: Page | None = None
    etag: str = ""
    last_modified: str = ""


class Pages:
    """Reads article pages for one Fetcher."""

    def __init__(self, fetcher: Fetcher, hosts: Hosts, rules: Rules, clock: Callable[[], datetime]) -> None:
        self._fetcher, self._hosts, self._rules, self._clock = fetcher, hosts, rules, clock
        self._robots: dict[str, tuple[datetime, robots.Robots]] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # a site's, while somebody holds it

    async def read(self, feed: Feed, url: str, title: str, *, etag: str = "", last_modified: str = "") -> PageResult:
        """Return the text of the page at `url`, or why there is none (`not_modified` where the validators still hold)."""
        if self._hosts.wait(url) > HELD_S:
            return PageResult(reason="page_host_held")
        if not (await self._rules_of(url)).allows(url):
            return PageResult(reason="robots")
        headers = {k: v for k, v in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if v}
        async with self._hosts.slot(url):
            got = await self._fetcher.get(
                url, headers=headers, limits=PAGE_LIMITS, accept=ACCEPT_PAGE, insecure_tls=feed.insecure_tls
            )
        if isinstance(got, NotModified):
            return PageResult(reason="not_modified", etag=etag, last_modified=last_modified)
        if isinstance(got, Failed):
            if got.status in CROWDED:
                self._hosts.hold(url, retry_after(got.headers, self._clock()) or CROWDED_S)
            return PageResult(reason=f"page_{got.reason}")
        return await self._extracted(feed, title, got)

    async def _extracted(self, feed: Feed, title: str, got: Fetched) -> PageResult:
        kind = got.headers.get("content-type", "text/html").lower()
        if not any(k in kind for k in ("html", "xml", "text/plain")):
            return PageResult(reason="page_not_html")
        page = await asyncio.to_thread(extract, got.body, kind, feed.outlet, title, self._rules)
        return PageResult(
            reason="" if page.kind == "text" else page.kind,
            page=page,
            etag=got.headers.get("etag", ""),
            last_modified=got.headers.get("last-modified", ""),
        )

    async def _rules_of(self, url: str) -> robots.Robots:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(origin, asyncio.Lock()):  # who waits for the same file finds it here
            now = self._clock()
            known = self._robots.get(origin)
            if known is not None and now < known[0]:
                return known[1]
            async with self._hosts.slot(url):
                got = await self._fetcher.get(f"{origin}/robots.txt", limits=ROBOTS_LIMITS, accept="text/plain, */*;q=0.1")
            said = _robots_of(got)
            rules = said or (known[1] if known else robots.DENY_ALL)
            if len(self._robots) >= MAX_ROBOTS:
                del self._robots[next(iter(self._robots))]
            self._robots[origin] = (now + (ROBOTS_AGAIN if said is None else ROBOTS_FOR), rules)
            return rules


def _robots_of(got: Fetched | NotModified | Failed) -> robots.Robots | None:
    """RFC 9309 2.3.1: 4xx means that all is allowed; None where the server fails (5xx, 429, no answer): then nothing is."""
    if isinstance(got, Fetched):
        return robots.parse(got.body.decode("utf-8", "replace"))
    if isinstance(got, Failed) and (
        (400 <= got.status < 500 and got.status not in CROWDED)
        or got.reason in ("too_large", "redirect_loop", "too_many_redirects")
    ):
        return robots.ALLOW_ALL
    return None
