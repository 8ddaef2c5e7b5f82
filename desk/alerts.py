"""`/alerts`: subscriptions: a form with a backtest, the list, pause and delete."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from aiohttp import web

from desk.reading import STORE, number
from desk.render import CLOCK, page
from desk.subscribed import NETWORKS, get, with_table
from khabar import arabic, subscriptions
from khabar.ports import Store
from khabar.query import QueryError
from khabar.schema import QuietHours, Subscription
from khabar.subscriptions import SubscriptionError
from khabar.subscriptions_io import Backtest, backtest

routes = web.RouteTableDef()

TRIED: Final = timedelta(days=30)
SHOWN: Final = 50
"""Subscriptions on one page."""
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK: Final = Subscription(id="", owner="", name="", query="")


@routes.get("/alerts")
async def overview(request: web.Request) -> web.Response:
    """Show the form, filled with `q` and what it would have found, and all subscriptions."""
    query = request.query.get("q", "").strip()
    tried, problem = await _tried(request, query)
    return await _page(request, values=values_of(_BLANK) | {"query": query}, tried=tried, problem=problem)


@routes.get("/alerts/{id}")
async def one(request: web.Request) -> web.Response:
    """Show the form with a subscription; raises HTTPNotFound."""
    subscription = await get(request)
    tried, problem = await _tried(request, "" if subscription.signal else subscription.query)
    return await _page(request, values=values_of(subscription), tried=tried, problem=problem, editing=subscription)


@routes.post("/alerts")
async def add(request: web.Request) -> web.Response:
    """Keep a new subscription, or show the form again with what is wrong."""
    return await _keep(request, None)


@routes.post("/alerts/{id}")
async def edit(request: web.Request) -> web.Response:
    """Keep a changed subscription, or show the form again with what is wrong."""
    return await _keep(request, await get(request))


@routes.post("/alerts/{id}/{act:pause|resume|delete}")
async def act(request: web.Request) -> web.Response:
    """Pause, resume or delete a subscription; raises HTTPNotFound."""
    found, name = await get(request), request.match_info["act"]
    if name == "delete":
        await with_table(request, lambda table: subscriptions.remove(table, found.id))
    else:
        change = partial(subscriptions.edit, changes={"paused": name == "pause"}, guard=request.app[NETWORKS])
        await with_table(request, lambda table: change(table, found.id, now=request.app[CLOCK]()))
    raise web.HTTPSeeOther("/alerts")


async def _keep(request: web.Request, old: Subscription | None) -> web.Response:
    form = {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    now, guard, force = request.app[CLOCK](), request.app[NETWORKS], "force" in form
    try:
        changes = changes_of(form)
        if old:
            known = old.id
            kept = await with_table(request, lambda t: subscriptions.edit(t, known, changes, guard, now=now, force=force))
        else:
            token = secrets.token_urlsafe(24)
            kept = await with_table(request, lambda t: subscriptions.add(t, changes, guard, now=now, token=token, force=force))
    except (QueryError, SubscriptionError) as e:
        return await _page(request, values=values_of(old or _BLANK) | form, problem=e, editing=old, status=400)
    raise web.HTTPSeeOther(f"/alerts#{kept.id}")


async def _tried(request: web.Request, query: str) -> tuple[Backtest | None, QueryError | None]:
    if not query:
        return None, None
    try:
        return await try_out(request.app[STORE], query, request), None
    except QueryError as e:
        return None, e


async def try_out(store: Store, query: str, request: web.Request) -> Backtest:
    """Return what `query` would have found in the last 30 days; raises QueryError, UnavailableError.

    Where all articles are older (a replay, the demo) it is tried on all, and `since` is LONG_AGO.
    """
    found = await asyncio.to_thread(backtest, store, query, since=request.app[CLOCK]() - TRIED)
    return found if found.indexed else await asyncio.to_thread(backtest, store, query, since=LONG_AGO)


def _listed(every: Sequence[Subscription], find: str) -> list[Subscription]:
    """Return the subscriptions whose name, owner or query holds `find` in any spelling; the last changed first."""
    wanted = arabic.folded(find)
    kept = [s for s in every if not wanted or wanted in arabic.folded(f"{s.name}\n{s.owner}\n{s.query}")]
    return sorted(kept, key=lambda s: s.updated_at or s.created_at or LONG_AGO, reverse=True)


async def _page(
    request: web.Request,
    *,
    values: Mapping[str, str],
    tried: Backtest | None = None,
    problem: QueryError | SubscriptionError | None = None,
    editing: Subscription | None = None,
    status: int = 200,
) -> web.Response:
    every = await with_table(request, subscriptions.all_of)
    find = request.query.get("find", "").strip()
    found = await asyncio.to_thread(_listed, every, find)
    at = number(request, "page", 1, 1, max(1, -(-len(found) // SHOWN)))
    sent = await asyncio.to_thread(request.app[STORE].alerts, size=10, subscription=editing.id if editing else "")
    return page(
        request,
        "alerts.html",
        status=status,
        values=values,
        tried=tried,
        ever=tried is not None and tried.since == LONG_AGO,
        problem=problem,
        editing=editing,
        every=len(every),
        find=find,
        found=found[(at - 1) * SHOWN : at * SHOWN],
        at=at,
        last=max(1, -(-len(found) // SHOWN)),
        sent=sent,
        signals=tuple(dict.fromkeys(("", *subscriptions.SIGNALS, values["signal"]))),
        channel_text=subscriptions.channel_text,
    )


def values_of(subscription: Subscription) -> dict[str, str]:
    """Return the form's fields for a subscription."""
    quiet = subscription.quiet or QuietHours(start="", end="")
    return {
        "query": subscription.query,
        "name": subscription.name,
        "owner": subscription.owner,
        "channels": "\n".join(map(subscriptions.channel_text, subscription.channels)) or "log",
        "per": subscription.per,
        "delivery": subscription.delivery,
        "signal": subscription.signal,
        "quiet_start": quiet.start,
        "quiet_end": quiet.end,
        "zone": quiet.zone,
        "max_per_hour": str(subscription.max_per_hour),
        "min_confidence": f"{subscription.min_confidence:g}",
        "language": subscription.language,
        "expires": subscription.expires.date().isoformat() if subscription.expires else "",
        "include_backfill": "on" if subscription.include_backfill else "",
    }


def changes_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a subscription that a form gives."""
    channels = [subscriptions.channel_of(line.strip()) for line in form.get("channels", "").splitlines() if line.strip()]
    changes: dict[str, Any] = {
        k: form[k].strip() for k in ("query", "name", "owner", "per", "delivery", "signal", "language") if k in form
    }
    changes["name"] = changes.get("name") or changes.get("query", "")[:60]
    changes |= {k: form[k].strip() or "0" for k in ("max_per_hour", "min_confidence") if k in form}
    times = form.get("quiet_start", ""), form.get("quiet_end", "")
    changes["quiet"] = {"start": times[0], "end": times[1], "zone": form.get("zone", "").strip()} if any(times) else None
    changes["expires"] = f"{form['expires']}T00:00:00Z" if form.get("expires") else None
    changes["include_backfill"] = "include_backfill" in form
    return changes | {"channels": channels}
