"""The desk's way to the store: a blocking Store asked from a thread, and parameters of a request read with care."""

from __future__ import annotations

import asyncio
from typing import Final, cast, get_args

from aiohttp import web

from khabar.ports import Page, Sort, Store
from khabar.schema import CoverageItem

STORE: Final[web.AppKey[Store]] = web.AppKey("store")
PAGE_SIZE: Final = 20
MOST: Final = 10_000
"""Elasticsearch shows no results beyond this place, so neither does the desk."""
SUMMARY: Final = 200
"""How many of the newest articles a summary (who appears, who opposes whom) is made of."""


async def search(request: web.Request, query: str, *, sort: Sort = "newest", size: int = PAGE_SIZE, offset: int = 0) -> Page:
    """Return a page of results; raises QueryError, UnavailableError."""
    store = request.app[STORE]
    return await asyncio.to_thread(store.search, query, sort=sort, size=size, offset=offset)


async def newest(request: web.Request, query: str, size: int = SUMMARY) -> list[CoverageItem]:
    """Return the newest articles that match `query`."""
    return [hit.item for hit in (await search(request, query, size=size)).hits]


async def get(request: web.Request, article_id: str) -> CoverageItem:
    """Return an article; raises HTTPNotFound."""
    item = await asyncio.to_thread(request.app[STORE].get, article_id)
    if item is None:
        raise web.HTTPNotFound
    return item


def sort_of(request: web.Request) -> Sort:
    """Return the order asked for, "newest" where it is none of ours."""
    asked = request.query.get("sort", "newest")
    return cast(Sort, asked) if asked in get_args(Sort) else "newest"


def number(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """Return a whole number from the query string, kept within its bounds; raises HTTPBadRequest for no number."""
    text = request.query.get(name, "")
    if not text:
        return default
    try:
        return min(high, max(low, int(text)))
    except ValueError:
        raise web.HTTPBadRequest(text=f"{name} must be a whole number\n") from None


def quoted(value: str) -> str:
    """Return a value as the query language quotes it, so that no id can be an operator."""
    return '"' + value.replace('"', " ") + '"'


def only(field: str, value: str) -> str:
    """Return the query for one value of a field, from an address; raises HTTPNotFound for what no id can be."""
    if not value.strip() or '"' in value:
        raise web.HTTPNotFound
    return f"{field}:{quoted(value)}"
