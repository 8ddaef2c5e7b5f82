"""`/stories`: what many outlets carry; `/stories/{id}`: one story with everybody who carries it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import msgspec
from aiohttp import web

from desk.reading import newest, only
from desk.render import page
from desk.summary import names, summarize
from khabar.schema import CoverageItem

routes = web.RouteTableDef()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A story as the list shows it; `items` oldest first."""

    id: str
    title: str
    items: list[CoverageItem]

    @property
    def outlets(self) -> list[str]:
        """The outlets that carry it, the first first."""
        return list(dict.fromkeys(i.tagged.article.outlet_name or i.tagged.article.outlet for i in self.items))

    @property
    def last_seen(self) -> datetime:
        """When its newest article was first seen."""
        return self.items[-1].tagged.first_seen


def stories_of(items: list[CoverageItem]) -> list[Story]:
    """Return the stories of the articles, the most widely carried first, then the newest."""
    grouped: defaultdict[str, list[CoverageItem]] = defaultdict(list)
    for item in items:
        grouped[item.story].append(item)
    found = [
        Story(
            id=story,
            title=group[0].story_title or group[0].tagged.article.title,
            items=sorted(group, key=lambda i: (i.tagged.first_seen, i.tagged.article.published or i.tagged.first_seen)),
        )
        for story, group in grouped.items()
    ]
    return sorted(found, key=lambda s: (-len(s.outlets), -s.last_seen.timestamp(), s.id))


@routes.get("/stories")
async def stories(request: web.Request) -> web.Response:
    """List the stories among the newest articles that match `q`."""
    items = await newest(request, request.query.get("q", ""), 500)
    return page(request, "stories.html", stories=stories_of(items)[:60], articles=len(items))


@routes.get("/stories/{id}")
async def story(request: web.Request) -> web.Response:
    """Show one story."""
    items = await newest(request, only("story", request.match_info["id"]), 500)
    if not items:
        raise web.HTTPNotFound
    [found] = stories_of(items)
    return page(request, "story.html", story=found, summary=summarize(items), names=names(items))
