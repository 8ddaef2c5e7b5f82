"""OPML 2.0 (opml.org): lists of feeds that other readers write and read."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

import lxml.etree
import msgspec

from ingest.feeds import Outlet
from ingest.urls import absolute
from khabar.errors import RejectedError

MAX_BYTES = 10 * 1024 * 1024


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of an OPML file."""

    url: str
    title: str
    site: str = ""


def export(outlets: Iterable[Outlet]) -> str:
    """Return the outlets' feeds as OPML: one outline per outlet, its feeds inside."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0"><head><title>Khabar</title></head><body>']
    for o in outlets:
        lines.append(f"<outline text={quoteattr(o.name_ar)} title={quoteattr(o.name_en)}>")
        lines += [
            f'  <outline type="rss" text={quoteattr(o.name_ar)} title={quoteattr(o.name_en)} '
            f"xmlUrl={quoteattr(f.url)} htmlUrl={quoteattr(o.site)}/>"
            for f in o.feed
        ]
        lines.append("</outline>")
    return "\n".join([*lines, "</body></opml>", ""])


def read(data: bytes) -> list[Line]:
    """Return the feeds of an OPML file, each address once; raises RejectedError if it is none."""
    if len(data) > MAX_BYTES:
        raise RejectedError(f"an OPML file of more than {MAX_BYTES} bytes")
    parser = lxml.etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as e:
        raise RejectedError(f"not OPML: {e}") from e
    if root is None or root.tag != "opml":
        raise RejectedError(f"not OPML: its root is {'nothing' if root is None else root.tag!r}")
    found: dict[str, Line] = {}
    for node in root.iter("outline"):
        url = absolute(node.get("xmlUrl") or node.get("xmlurl") or "")
        if url:
            title = node.get("title") or node.get("text") or url
            found.setdefault(url, Line(url=url, title=title.strip() or url, site=absolute(node.get("htmlUrl") or "")))
    return list(found.values())
