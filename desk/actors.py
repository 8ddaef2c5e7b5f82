"""`/actors`: who appears; `/actors/{id}`: one actor's coverage, what it holds and what others hold of it; `/stances`."""

from __future__ import annotations

from aiohttp import web

from desk.reading import newest, only, quoted
from desk.render import page
from desk.summary import evidence, names, summarize

routes = web.RouteTableDef()


@routes.get("/actors")
async def actors(request: web.Request) -> web.Response:
    """List the actors of the newest articles that match `q`, by how many they appear in."""
    items = await newest(request, request.query.get("q", ""), 500)
    return page(request, "actors.html", summary=summarize(items, most=400))


@routes.get("/actors/{id}")
async def actor(request: web.Request) -> web.Response:
    """Show one actor."""
    actor_id = request.match_info["id"]
    items = await newest(request, only("actor", actor_id))
    known = names(items)
    if actor_id not in known:
        raise web.HTTPNotFound
    everything = summarize(items, most=200)
    return page(
        request,
        "actor.html",
        actor=known[actor_id],
        items=items,
        names=known,
        summary=everything,
        holds=[p for p in everything.pairs if p.holder == actor_id],
        receives=[p for p in everything.pairs if p.target == actor_id],
        evidence=[e for e in evidence(items) if actor_id in (e.stance.holder, e.stance.target)][:40],
    )


@routes.get("/stances")
async def stances(request: web.Request) -> web.Response:
    """List the sentences in which somebody supports or opposes somebody, newest article first; filters narrow it."""
    asked = {k: request.query.get(k, "").strip().lower() for k in ("holder", "target", "polarity")}
    given = " ".join(f"{k}:{quoted(v)}" for k, v in asked.items() if v)
    text = request.query.get("q", "").strip()
    wanted = given or "(polarity:support OR polarity:oppose)"
    items = await newest(request, f"({text}) {wanted}" if text else wanted)
    summary = summarize(items)
    return page(
        request,
        "stances.html",
        asked=asked,
        names=names(items),
        summary=summary,
        evidence=evidence(items, **asked)[:100],
    )
