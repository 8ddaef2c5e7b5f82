"""The feeds of a site, found from the address of any of its pages: what the page names, then where feeds usually are."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urljoin

import lxml.etree
import lxml.html
import msgspec

from ingest.encoding import decode
from ingest.fetch import Failed, Fetched, Fetcher
from ingest.parse import parse
from ingest.urls import absolute, canonical

TYPES: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/rdf+xml"}
)
USUAL: Final = (
    *("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/?feed=rss2", "/feed.json"),
    *("/news-sitemap.xml", "/sitemap-news.xml"),
)
"""Asked only when the page itself names none."""
MOST: Final = 12
"""The most addresses that are tried for one site."""
_LOOKS_LIKE: Final = re.compile(r"(?:^|[/.?=_-])(?:rss2?|feeds?|atom)(?:[/.?=_-]|$)|\.rss$", re.IGNORECASE)
_SITEMAP: Final = re.compile(r"(?im)^\s*sitemap:\s*(\S+)")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that answered, with entries."""

    url: str
    title: str
    format: str
    entries: int


def named(body: bytes, content_type: str, base: str) -> list[str]:
    """Return the addresses that an HTML page names as feeds, best first: <link rel=alternate>, then links that look like it."""
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(body, content_type).text))
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return []
    base = urljoin(base, next((b.get("href", "") for b in root.iter("base")), ""))
    links = [n.get("href", "") for n in root.iter("link") if _is_feed_link(n)]
    anchors = [h for h in (a.get("href", "") for a in root.iter("a")) if _LOOKS_LIKE.search(h)]
    return list(dict.fromkeys(u for u in (absolute(h, base) for h in (*links, *anchors)) if u))


def _is_feed_link(node: Any) -> bool:
    rels = node.get("rel", "").lower().split()
    return (
        "alternate" in rels
        and node.get("type", "").lower().partition(";")[0].strip() in TYPES
        and "comments" not in node.get("href", "")
    )


async def find(fetcher: Fetcher, url: str) -> list[Found]:
    """Return the feeds of the site at `url` (a page, or a feed itself) that answered with entries, best first."""
    got = await fetcher.get(url)
    if not isinstance(got, Fetched):
        return await _tried(fetcher, [urljoin(url, u) for u in USUAL]) if isinstance(got, Failed) and got.status else []
    here = _found(got)
    if here is not None:
        return [here]
    tried = await _tried(fetcher, named(got.body, got.headers.get("content-type", ""), got.url))
    return tried or await _tried(fetcher, [urljoin(got.url, u) for u in USUAL] + await _sitemaps(fetcher, got.url))


async def _tried(fetcher: Fetcher, urls: list[str]) -> list[Found]:
    found: dict[str, Found] = {}
    for url in urls[:MOST]:
        got = await fetcher.get(url)
        feed = _found(got) if isinstance(got, Fetched) else None
        if feed is not None:
            found.setdefault(canonical(feed.url), feed)
    return list(found.values())


async def _sitemaps(fetcher: Fetcher, url: str) -> list[str]:
    got = await fetcher.get(urljoin(url, "/robots.txt"))
    listed = _SITEMAP.findall(got.body.decode("utf-8", "replace")) if isinstance(got, Fetched) else []
    return [u for u in listed if "news" in u.lower()]


def _found(got: Fetched) -> Found | None:
    parsed = parse(got.body, got.headers.get("content-type", ""), got.url)
    if parsed.outcome != "ok" or not parsed.entries:
        return None
    return Found(url=got.url, title=parsed.title, format=parsed.format, entries=len(parsed.entries))
