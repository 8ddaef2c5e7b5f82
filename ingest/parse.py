"""A body to entries. Good XML by `fastxml`, all other by feedparser, which no other module knows; JSON and sitemaps beside.

The bytes are decoded here first (`ingest.encoding`), and a document type with entities is taken out before any XML
parser sees it, so that no entity is ever expanded.
"""

from __future__ import annotations

import re
from typing import Any, Final

import feedparser
import structlog

from ingest import fastxml
from ingest.body import BrokenBodyError, TooLargeError, opened
from ingest.encoding import decode
from ingest.formats import json_feed, sitemap
from ingest.model import ParsedFeed, RawEntry
from ingest.urls import absolute

MAX_ENTRIES: Final = 2000
"""More entries than any news feed needs; the rest is counted as a problem, not read."""

MAX_TAGS: Final = 200_000
"""More markup than MAX_ENTRIES need: where it is not well formed, feedparser would be busy with it for a minute."""
MAX_UNPACKED: Final = 20 * 1024 * 1024
"""The most bytes that are taken out of a file that is gzip itself."""

_PROLOG: Final = re.compile(r"^\s*<\?xml[^>]*\?>\s*", re.IGNORECASE)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ENTITY: Final = re.compile(r"<!ENTITY", re.IGNORECASE)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HTML: Final = re.compile(r"^\s*+(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
"""Each comment is read one way only: to try them all would take for ever where there are thirty."""
_ROOT: Final = re.compile(r"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|channel)[\s>]", re.IGNORECASE)
_HEAD: Final = 65536
"""A feed's root element and document type stand this near its beginning (characters)."""
_FRONT: Final = 1024
"""And what stands before its prolog, this near."""

log = structlog.get_logger()

# feedparser would clean HTML and resolve links inside it: entries become plain text later, in one place of ours
feedparser.SANITIZE_HTML = False
feedparser.RESOLVE_RELATIVE_URIS = False


def parse(body: bytes, content_type: str = "", base: str = "") -> ParsedFeed:
    """Return what `body` holds; never raises. Relative links are resolved against the feed's own or `base`."""
    unpacked = _unpacked(body)
    if unpacked is None:
        return ParsedFeed(outcome="not_a_feed", problems=("broken_gzip",))
    if not unpacked.strip(b"\0\t\r\n \xef\xbb\xbf"):
        return ParsedFeed(outcome="empty")
    decoded = decode(unpacked, content_type)
    text, problems = decoded.text, list(decoded.problems)
    if text.lstrip()[:1] == "{":
        feed = json_feed(text)
    elif _HTML.match(text[:_HEAD]):
        feed = ParsedFeed(outcome="html")
    else:
        feed = _quick(text, problems) or _thorough(text, problems, base)
    if len(feed.entries) > MAX_ENTRIES:
        problems.append("too_many_entries")
    return _finish(feed, decoded.encoding, problems, base)


def _unpacked(body: bytes) -> bytes | None:
    """Return the content of a file that is gzip itself (sitemap.xml.gz), any other body as it is, None where it is broken."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return opened(body, "gzip", MAX_UNPACKED)
    except (BrokenBodyError, TooLargeError):
        return None


def _finish(feed: ParsedFeed, encoding: str, problems: list[str], base: str) -> ParsedFeed:
    entries = tuple(_absolute(e, base) for e in feed.entries[:MAX_ENTRIES])
    return ParsedFeed(
        outcome=feed.outcome,
        format=feed.format,
        encoding=encoding,
        title=feed.title,
        entries=entries,
        problems=tuple(dict.fromkeys((*problems, *feed.problems))),
        ttl_s=feed.ttl_s,
        hub=feed.hub,
        topic=feed.topic,
    )


def _absolute(entry: RawEntry, base: str) -> RawEntry:
    url = absolute(entry.url, base)
    return entry if url == entry.url else RawEntry(**{f: getattr(entry, f) for f in entry.__struct_fields__} | {"url": url})


def _quick(text: str, problems: list[str]) -> ParsedFeed | None:
    """Return the feed that is good XML, else None.

    Good XML holds no control characters, so only the beginning is searched for them (they would hide a prolog) before lxml
    has had its say.
    """
    found: list[str] = []
    bare = "" if _CONTROL.search(text, 0, _FRONT) else _bare(text, found)
    feed = fastxml.read(bare) if bare and not _is_sitemap(bare) else None
    if feed is not None:
        problems += found
    return feed


def _thorough(text: str, problems: list[str], base: str) -> ParsedFeed:
    bare = _clean(text, problems)
    if _is_sitemap(bare):
        return sitemap(bare)
    return fastxml.read(bare) or _xml(bare, base)


def _is_sitemap(bare: str) -> bool:
    root = _ROOT.search(bare, 0, _HEAD)
    return root is not None and root[1].lower() in ("urlset", "sitemapindex")


def _clean(text: str, problems: list[str]) -> str:
    cleaned = _CONTROL.sub("", text)
    if len(cleaned) != len(text):
        problems.append("control_characters")
    return _bare(cleaned, problems)


def _bare(text: str, problems: list[str]) -> str:
    """Return `text` from its root element on, without a prolog (it is decoded already) and a document type."""
    bare = _PROLOG.sub("", _without_junk(text, problems), count=1)
    bare = _without_junk(bare, problems)
    root = _ROOT.search(bare, 0, _HEAD)
    front = bare[: root.start() if root else _HEAD]
    if "<!" in front and _DOCTYPE.search(front):
        if _ENTITY.search(front):
            problems.append("entities_removed")
        bare = _without_junk(_DOCTYPE.sub("", front, count=1) + bare[len(front) :], problems)
    return bare


def _without_junk(text: str, problems: list[str]) -> str:
    start = text.find("<")
    if start > 0 and text[:start].strip("\ufeff \t\r\n"):
        problems.append("junk_before_feed")
    return text[start:] if start > 0 else text


def _xml(text: str, base: str) -> ParsedFeed:
    if text.count("<") > MAX_TAGS:
        return ParsedFeed(outcome="bad_xml", problems=("too_much_markup",))
    headers = {"content-type": "application/xml; charset=utf-8"}  # no base: feedparser would take GUIDs for relative links
    try:
        found = feedparser.parse(text.encode("utf-8"), response_headers=headers)
    except Exception as e:  # noqa: BLE001  # feedparser's loose parser has raised nearly everything on broken input
        log.warning("feed.unparsable", url=base, error=f"{type(e).__name__}: {e}")
        return ParsedFeed(outcome="bad_xml", problems=("parser_failed",))
    entries = tuple(_entry(e) for e in found.entries)
    if not found.get("version") and not entries:
        return ParsedFeed(outcome="bad_xml" if _ROOT.search(text[:_HEAD]) else "not_a_feed")
    head = found.feed
    links = {str(li.get("rel", "")): str(li.get("href", "")) for li in head.get("links", ())}
    return ParsedFeed(
        outcome="ok",
        format=found.get("version") or "unknown",
        title=str(head.get("title", "")).strip(),
        entries=entries,
        problems=("not_well_formed",) if found.bozo else (),
        ttl_s=fastxml.ttl(
            str(head.get("ttl", "")), str(head.get("sy_updateperiod", "")), str(head.get("sy_updatefrequency", "1"))
        ),
        hub=links.get("hub", ""),
        topic=links.get("self", ""),
    )


def _entry(entry: Any) -> RawEntry:
    contents = [c.get("value", "") for c in entry.get("content", ()) if c.get("value")]
    summary = entry.get("summary", "") or ""
    html = max((summary, *contents), key=len)
    guid = str(entry.get("id", ""))
    link = str(entry.get("link", ""))
    if entry.get("guidislink") and link == guid and not guid.startswith(("http://", "https://")):
        link = ""  # a GUID may be called a link and be none
    return RawEntry(
        guid=guid,
        url=link or (guid if guid.startswith(("http://", "https://")) else ""),
        title=str(entry.get("title", "")),
        html=html,
        whole=html in contents,
        published=str(entry.get("published", "") or entry.get("created", "")),
        updated=str(entry.get("updated", "") if "updated" in entry.keys() else ""),  # noqa: SIM118  # `in entry` maps updated to published
    )
