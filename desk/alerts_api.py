"""`/api/alerts`: subscriptions as JSON, by the same functions as the page and the command line."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from aiohttp import web

from desk.alerts import LONG_AGO, TRIED, try_out
from desk.reading import STORE, number
from desk.render import CLOCK, api
from desk.subscribed import NETWORKS, get, with_table
from khabar import subscriptions
from khabar.schema import Subscription
from khabar.subscriptions import SubscriptionError

routes = web.RouteTableDef()


@routes.get("/api/alerts")
async def page(request: web.Request) -> web.Response:
    """{subscriptions: [...], next}, by id; `size` (at most 1000) and `after`, the `next` of the page before. Keys are hidden."""
    size, after = number(request, "size", 100, 1, 1000), request.query.get("after", "")
    found, more = await with_table(request, lambda table: subscriptions.page_of(table, after=after, size=size))
    return api({"subscriptions": [_shown(s) for s in found], "next": more})


@routes.post("/api/alerts")
async def add(request: web.Request) -> web.Response:
    """Keep a new subscription of a JSON object {query, name, owner, ...}; `"force": true` takes a broad query."""
    values = await _body(request)
    force, now, token = values.pop("force", False) is True, request.app[CLOCK](), secrets.token_urlsafe(24)
    guard = request.app[NETWORKS]
    made = await with_table(request, lambda t: subscriptions.add(t, values, guard, now=now, token=token, force=force))
    return api(msgspec.to_builtins(made), status=201)


@routes.get("/api/alerts/try")
async def try_query(request: web.Request) -> web.Response:
    """{total, indexed, stories, by_day, newest: [{id, title, outlet}]} of `q` in the last `days`; null is ever."""
    found = await try_out(request.app[STORE], request.query.get("q", ""), request)
    newest = [
        {"id": a.id, "title": a.title, "outlet": a.outlet_name or a.outlet} for a in (i.tagged.article for i in found.newest)
    ]
    counts = {"total": found.total, "indexed": found.indexed, "stories": found.stories, "share": round(found.share, 4)}
    days = TRIED.days if found.since > LONG_AGO else None
    return api({"days": days, **counts, "by_day": found.by_day, "newest": newest})


@routes.get("/api/alerts/{id}")
async def one(request: web.Request) -> web.Response:
    """One subscription."""
    return api(_shown(await get(request)))


@routes.patch("/api/alerts/{id}")
async def edit(request: web.Request) -> web.Response:
    """Change what the JSON object gives; the rest stays."""
    found, values = await get(request), await _body(request)
    force, now, guard = values.pop("force", False) is True, request.app[CLOCK](), request.app[NETWORKS]
    changed = await with_table(request, lambda t: subscriptions.edit(t, found.id, values, guard, now=now, force=force))
    return api(_shown(changed))


@routes.delete("/api/alerts/{id}")
async def remove(request: web.Request) -> web.Response:
    """End a subscription."""
    found = await get(request)
    await with_table(request, lambda table: subscriptions.remove(table, found.id))
    return api({"removed": found.id})


@routes.get("/api/alerts/{id}/sent")
async def sent(request: web.Request) -> web.Response:
    """{alerts: [...]} of a subscription, newest first; `size` (at most 100) and `offset`."""
    found, size, offset = await get(request), number(request, "size", 20, 1, 100), number(request, "offset", 0, 0, 9900)
    alerts = await with_table(request, lambda _: request.app[STORE].alerts(size=size, offset=offset, subscription=found.id))
    return api({"alerts": [msgspec.to_builtins(a) for a in alerts]})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(await request.read(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise SubscriptionError("body", f"not a JSON object: {e}") from e


def _shown(subscription: Subscription) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(subscription)
    for channel in plain["channels"]:
        channel.pop("secret", None)
    return plain
