"""The JSON API (told to its users in docs/desk.md and on `/api`): the search, an article, a story, the actors."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from desk.reading import MOST, get, newest, number, only, search, sort_of
from desk.render import api, page
from desk.summary import summarize
from khabar import snippets
from khabar.ports import Hit
from khabar.schema import CoverageItem

routes = web.RouteTableDef()


@routes.get("/api")
async def about(request: web.Request) -> web.Response:
    """Show what the API offers."""
    return page(request, "api.html")


@routes.get("/api/search")
async def find(request: web.Request) -> web.Response:
    """{total, hits: [{article, ..., highlights}]} of `q`, `sort`, `size` (at most 100) and `offset`."""
    size = number(request, "size", 20, 1, 100)
    offset = number(request, "offset", 0, 0, MOST - size)
    found = await search(request, request.query.get("q", ""), sort=sort_of(request), size=size, offset=offset)
    return api({"total": found.total, "hits": [{**brief(h.item), "highlights": _plain(h)} for h in found.hits]})


@routes.get("/api/articles/{id}")
async def article(request: web.Request) -> web.Response:
    """One article whole, as the stream carries it."""
    return api(msgspec.to_builtins(await get(request, request.match_info["id"])))


@routes.get("/api/stories/{id}")
async def story(request: web.Request) -> web.Response:
    """{story, articles: [...]}, newest first."""
    items = await newest(request, only("story", request.match_info["id"]), 500)
    if not items:
        raise web.HTTPNotFound
    return api({"story": items[0].story, "title": items[0].story_title, "articles": [brief(i) for i in items]})


@routes.get("/api/actors")
async def actors(request: web.Request) -> web.Response:
    """{articles, actors: [{id, name, name_en, type, camp, articles}], stances: [...]} over the newest 500 that match `q`."""
    summary = summarize(await newest(request, request.query.get("q", ""), 500), most=500)
    found = [
        {"id": a.id, "name": a.name, "name_en": a.name_en, "type": a.type, "camp": a.camp, "articles": n}
        for a, n in summary.actors
    ]
    return api({"articles": summary.articles, "actors": found, "stances": msgspec.to_builtins(summary.pairs)})


def brief(item: CoverageItem) -> dict[str, Any]:
    """Return an article without its text: what a list needs."""
    tagged = item.tagged
    return {
        **snippets.brief(item),
        "actors": [a.id for a in tagged.actors],
        "stances": [
            {"holder": s.holder, "target": s.target, "polarity": s.polarity, "sentence": s.sentence} for s in tagged.stances
        ],
    }


def _plain(hit: Hit) -> list[dict[str, Any]]:
    return [{"field": s.field, "start": s.start, "end": s.end} for s in hit.highlights]
