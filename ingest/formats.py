"""Feeds that are not RSS or Atom: JSON Feed (jsonfeed.org, versions 1 and 1.1) and sitemaps with news (sitemaps.org 0.9)."""

from __future__ import annotations

from typing import Any, Final

import lxml.etree
import msgspec

from ingest.model import ParsedFeed, RawEntry

SITEMAP: Final = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS: Final = "{http://www.google.com/schemas/sitemap-news/0.9}"


def json_feed(text: str) -> ParsedFeed:
    """Return the feed that a JSON document holds; outcome `not_a_feed` if it is other JSON or none."""
    try:
        feed = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return ParsedFeed(outcome="not_a_feed", format="json", problems=("bad_json",))
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(feed.get("version", "")):
        return ParsedFeed(outcome="not_a_feed", format="json")
    good = [i for i in items if isinstance(i, dict)]
    named = feed.get("hubs")
    hubs = [h for h in (named if isinstance(named, list) else ()) if isinstance(h, dict) and h.get("type") == "WebSub"]
    return ParsedFeed(
        outcome="ok",
        format="json",
        title=_text(feed, "title"),
        entries=tuple(map(_item, good)),
        problems=("bad_items",) if len(good) < len(items) else (),
        hub=_text(hubs[0], "url") if hubs else "",
        topic=_text(feed, "feed_url"),
    )


def _item(item: dict[str, Any]) -> RawEntry:
    content = _text(item, "content_html") or _text(item, "content_text")
    return RawEntry(
        guid=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        html=content or _text(item, "summary"),
        whole=bool(content),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
    )


def _text(mapping: dict[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def sitemap(text: str) -> ParsedFeed:
    """Return the news of a sitemap: one entry per URL, newest as listed. An index of sitemaps lists them as entries."""
    parser = lxml.etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = lxml.etree.fromstring(text.encode("utf-8"), parser)  # entities and network are off above
    except (lxml.etree.XMLSyntaxError, ValueError):
        return ParsedFeed(outcome="bad_xml", format="sitemap")
    if root is None:
        return ParsedFeed(outcome="bad_xml", format="sitemap")
    index = root.tag.endswith("sitemapindex")
    nodes = root.iter(f"{SITEMAP}sitemap" if index else f"{SITEMAP}url")
    problems = ("not_well_formed",) if len(parser.error_log) else ()
    return ParsedFeed(
        outcome="ok", format="sitemap-index" if index else "sitemap", entries=tuple(map(_url, nodes)), problems=problems
    )


def _url(node: Any) -> RawEntry:
    loc = (node.findtext(f"{SITEMAP}loc") or "").strip()
    news = node.find(f"{NEWS}news")
    lastmod = (node.findtext(f"{SITEMAP}lastmod") or "").strip()
    if news is None:
        return RawEntry(guid=loc, url=loc, updated=lastmod)
    return RawEntry(
        guid=loc,
        url=loc,
        title=(news.findtext(f"{NEWS}title") or "").strip(),
        published=(news.findtext(f"{NEWS}publication_date") or "").strip(),
        updated=lastmod,
    )
