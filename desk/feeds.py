"""`/feeds`: how the newest poll of every feed went."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from aiohttp import web

from desk.reading import STORE
from desk.render import api, page
from khabar.schema import PollResult

routes = web.RouteTableDef()

FINE: Final = frozenset({"ok", "not_modified", "unchanged"})
"""Outcomes of a poll that need nobody's attention."""


@routes.get("/feeds")
async def feeds(request: web.Request) -> web.Response:
    """Show the feeds, those that fail first."""
    polls = await _polls(request)
    return page(request, "feeds.html", polls=polls, failing=sum(map(fails, polls)), fails=fails)


@routes.get("/api/feeds")
async def feeds_api(request: web.Request) -> web.Response:
    """Answer {feeds: [...]}, the same as JSON."""
    return api({"feeds": msgspec.to_builtins(await _polls(request))})


def fails(poll: PollResult) -> bool:
    """Return whether somebody should look at a feed."""
    return poll.failures > 0 or poll.outcome not in FINE


async def _polls(request: web.Request) -> list[PollResult]:
    found = await asyncio.to_thread(request.app[STORE].polls)
    return sorted(found, key=lambda p: (not fails(p), -p.failures, p.outlet, p.feed))
