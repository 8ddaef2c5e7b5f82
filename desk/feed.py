"""`/feed.atom?q=...`: a search as an Atom feed (RFC 4287), for any feed reader."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from aiohttp import web

from desk.reading import search
from khabar.schema import CoverageItem

routes = web.RouteTableDef()

ATOM: Final = "http://www.w3.org/2005/Atom"
ADDRESS: Final = web.AppKey("address", str)
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", ATOM)


@routes.get("/feed.atom")
async def feed(request: web.Request) -> web.Response:
    """Answer with the newest results of `q`."""
    query = request.query.get("q", "")
    page = await search(request, query, size=50)
    body = atom([h.item for h in page.hits], query, request.app[ADDRESS])
    return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


def atom(items: list[CoverageItem], query: str, address: str) -> bytes:
    """Return the feed of `items`; `address` is where readers reach the desk. Control characters are left out."""
    root = ET.Element(f"{{{ATOM}}}feed")
    add_text(root, "title", f"خبر: {query}" if query else "خبر")
    add_text(root, "id", f"{address}/feed.atom?{urlencode({'q': query})}")
    add_text(root, "updated", max((i.tagged.first_seen.isoformat() for i in items), default="1970-01-01T00:00:00+00:00"))
    for item in items:
        article = item.tagged.article
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        add_text(entry, "title", article.title or article.text[:80])
        add_text(entry, "id", f"urn:khabar:{article.id}")
        add_link(entry, f"{address}/articles/{quote(article.id, safe='')}", "alternate")
        add_text(entry, "updated", item.tagged.first_seen.isoformat())
        add_text(entry, "published", (article.published or item.tagged.first_seen).isoformat())
        author = ET.SubElement(entry, f"{{{ATOM}}}author")
        add_text(author, "name", article.outlet_name or article.outlet or "?")
        add_text(entry, "summary", article.text[:500])
        for actor in item.tagged.actors:
            ET.SubElement(entry, f"{{{ATOM}}}category", term=_clean(actor.id), label=_clean(actor.name))
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def add_text(parent: ET.Element, tag: str, text: str) -> None:
    """Add an Atom element with `text`, without the characters that XML cannot hold."""
    ET.SubElement(parent, f"{{{ATOM}}}{tag}").text = _clean(text)


def add_link(parent: ET.Element, href: str, rel: str) -> None:
    """Add an Atom link; an address keeps none of the characters that XML cannot hold."""
    ET.SubElement(parent, f"{{{ATOM}}}link", href=_clean(href), rel=rel)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
