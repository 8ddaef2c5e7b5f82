"""OPML 2.0 (opml.org): lists of feeds that other readers write and read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

import lxml.etree
import msgspec

from ingest.feeds import Outlet
from ingest.urls import absolute
from khabar.errors import RejectedError

MAX_BYTES = 10 * 1024 * 1024


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of an OPML file. `text` is the outlet's name as shown, `title` its other one; the rest is in our own exports."""

    url: str
    text: str
    title: str
    site: str = ""
    outlet: str = ""
    kind: str = ""
    country: str = ""


def export(outlets: Iterable[Outlet]) -> str:
    """Return the outlets' feeds as OPML: one outline per outlet, its feeds inside.

    Their `category` (OPML 2.0) says what OPML has no attribute for: /outlet/ID,/kind/KIND,/country/CC.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0"><head><title>Khabar</title></head><body>']
    for o in outlets:
        lines.append(f"<outline text={quoteattr(o.name_ar)} title={quoteattr(o.name_en)}>")
        lines += [
            f'  <outline type="rss" text={quoteattr(o.name_ar)} title={quoteattr(o.name_en)} '
            f"xmlUrl={quoteattr(f.url)} htmlUrl={quoteattr(o.site)} category={quoteattr(_category(o))}/>"
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
            found.setdefault(url, _line(node, url))
    return list(found.values())


def _category(outlet: Outlet) -> str:
    country = f",/country/{outlet.country}" if outlet.country else ""
    return f"/outlet/{outlet.id},/kind/{outlet.kind}{country}"


def _line(node: Any, url: str) -> Line:
    names = [n for n in ((node.get(a) or "").strip() for a in ("text", "title")) if n] or [url]
    ours = dict(c.strip().removeprefix("/").partition("/")[::2] for c in (node.get("category") or "").split(","))
    return Line(
        url=url,
        text=names[0],
        title=names[-1],
        site=absolute(node.get("htmlUrl") or ""),
        outlet=ours.get("outlet", ""),
        kind=ours.get("kind", ""),
        country=ours.get("country", ""),
    )
