"""`/feeds/{token}.atom`: the alerts of one subscription as an Atom feed (RFC 4287). The address is the secret.

A reader shows each entry's content, which is that of the mail; a browser, by a style sheet, title and summary.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from aiohttp import web

from desk.feed import ADDRESS, ATOM, add_link, add_text
from desk.reading import STORE
from desk.subscribed import RECENT
from khabar import compose
from khabar.schema import Alert, Subscription

routes = web.RouteTableDef()
_STYLED: Final = b'<?xml version="1.0" encoding="utf-8"?>\n<?xml-stylesheet type="text/css" href="/static/feed.css"?>\n'


@routes.get("/feeds/{token}.atom")
async def feed(request: web.Request) -> web.Response:
    """Answer with the newest alerts; raises HTTPNotFound for a token that is nobody's."""
    given = request.match_info["token"].encode()
    found = await request.app[RECENT].read(request)  # strangers may ask here
    mine = [s for s in found if s.feed_token and hmac.compare_digest(s.feed_token.encode(), given)]
    if not mine:
        raise web.HTTPNotFound
    alerts = await asyncio.to_thread(request.app[STORE].alerts, size=50, subscription=mine[0].id)
    body = atom(mine[0], alerts, request.app[ADDRESS])
    browser = "text/html" in request.headers.get("Accept", "")  # which shows a feed's own type as source, without the style
    return web.Response(body=body, content_type="application/xml" if browser else "application/atom+xml", charset="utf-8")


def atom(subscription: Subscription, alerts: Sequence[Alert], address: str) -> bytes:
    """Return the feed of a subscription's alerts, newest first; `address` is where readers reach the desk."""
    root = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": subscription.language, "xml:base": address})
    add_text(root, "title", f"خبر: {subscription.name}")
    add_text(root, "id", f"urn:khabar:subscription:{subscription.id}")
    newest = max((a.first_seen.isoformat() for a in alerts), default="1970-01-01T00:00:00+00:00")
    add_text(root, "updated", newest)
    for alert in alerts:
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        add_text(entry, "title", alert.title or alert.reason)
        add_text(entry, "id", f"urn:khabar:alert:{alert.id}")
        where = f"articles/{quote(alert.article, safe='')}" if alert.article else f"alerts#{alert.subscription}"
        add_link(entry, f"{address}/{where}", "alternate")
        if alert.url.startswith(("http://", "https://")):
            add_link(entry, alert.url, "related")
        add_text(entry, "updated", alert.first_seen.isoformat())
        add_text(entry, "published", (alert.published or alert.first_seen).isoformat())
        author = ET.SubElement(entry, f"{{{ATOM}}}author")
        add_text(author, "name", alert.outlet_name or alert.outlet or "خبر")
        add_text(entry, "summary", " — ".join(filter(None, (alert.sentence, alert.reason))))
        add_text(entry, "content", compose.entry(alert, subscription, desk=address))
        entry[-1].set("type", "html")
    return _STYLED + bytes(ET.tostring(root, encoding="utf-8"))
