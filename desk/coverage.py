"""`/`: the newest coverage, and the search over it."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from aiohttp import web

from desk.cards import card
from desk.reading import MOST, PAGE_SIZE, newest, number, search, sort_of
from desk.render import LANGUAGE_COOKIE, page
from desk.summary import names, summarize

routes = web.RouteTableDef()

_OWN_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-~]*)?")
"""A path of this site: browsers read //, /\\ and what stands behind a tab as another's."""


@routes.get("/")
async def coverage(request: web.Request) -> web.Response:
    """Show a page of results of `q` in the order `sort`, and what the newest of them amount to."""
    query, sort = request.query.get("q", ""), sort_of(request)
    at = number(request, "page", 1, 1, MOST // PAGE_SIZE)
    found, items = await asyncio.gather(
        search(request, query, sort=sort, size=PAGE_SIZE, offset=(at - 1) * PAGE_SIZE), newest(request, query)
    )
    last = max(1, -(-min(found.total, MOST) // PAGE_SIZE))
    return page(
        request,
        "coverage.html",
        cards=[card(h) for h in found.hits],
        total=found.total,
        sort=sort,
        at=at,
        last=last,
        summary=summarize(items),
        names=names(items),
    )


@routes.get("/language/{language:ar|en}")
async def language(request: web.Request) -> web.Response:
    """Keep the language that the reader chose and go back to where he was."""
    back = request.query.get("back", "")
    answer = web.Response(status=303, headers={"Location": back if _OWN_PATH.fullmatch(back) else "/"})
    answer.set_cookie(
        LANGUAGE_COOKIE, request.match_info["language"], max_age=365 * 86400, httponly=True, samesite="Strict", path="/"
    )
    return answer
