"""`/articles/{id}`: the text right-to-left, with actors, evidence and loaded words marked in place."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from desk.marks import Mark, inline, paragraphs
from desk.reading import get, newest, only
from desk.render import language, page
from desk.summary import Names, name, names
from desk.words import word
from khabar import query
from khabar.schema import CoverageItem, TaggedArticle

routes = web.RouteTableDef()

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "ur", "ckb", "ps", "und"})


@routes.get("/articles/{id}")
async def article(request: web.Request) -> web.Response:
    """Show an article; `q` marks what a search found in it."""
    item = await get(request, request.match_info["id"])
    lang = language(request)
    known = names([item])
    others = [i for i in await newest(request, only("story", item.story), 50) if i.tagged.article.id != item.tagged.article.id]
    marks = marks_of(item.tagged, known, lang) + hits_of(item, request.query.get("q", ""))
    text = item.tagged.article
    return page(
        request,
        "article.html",
        item=item,
        title=inline(text.title, [m for field, m in marks if field == "title"]),
        body=paragraphs(text.text, [m for field, m in marks if field == "text"]),
        text_dir="rtl" if item.tagged.language in RIGHT_TO_LEFT else "auto",
        actors=sorted(item.tagged.actors, key=lambda a: -len(a.mentions)),
        names=known,
        others=others,
    )


def marks_of(tagged: TaggedArticle, known: Names, lang: str) -> list[tuple[str, Mark]]:
    """Return (field, mark) of everything that was found: evidence outermost, then actors, loaded words and cues."""
    marks: list[tuple[str, Mark]] = []
    for n, s in enumerate(tagged.stances, start=1):
        said = f"{name(s.holder, known, lang)} {word(s.polarity, lang)} {name(s.target, known, lang)}"
        evidence = Mark(
            start=s.sentence_start, end=s.sentence_end, tag="span", classes=f"evidence {s.polarity}", title=said, id=f"stance-{n}"
        )
        marks.append((s.field, evidence))
        marks.append((s.field, Mark(start=s.cue_start, end=s.cue_end, tag="b", classes=f"cue {s.polarity}", title=said)))
    for a in tagged.actors:
        for m in a.mentions:
            title = f"{name(a.id, known, lang)} · {m.rule}"
            actor = Mark(start=m.start, end=m.end, classes=f"actor {a.type}", title=title, data=(("actor", a.id),))
            marks.append((m.field, actor))
    for f in tagged.framing:
        loaded = Mark(start=f.start, end=f.end, tag="em", classes=f"loaded {f.effect}", title=f.gloss or f.term)
        marks.append((f.field, loaded))
    return marks


def hits_of(item: CoverageItem, text: str) -> list[tuple[str, Mark]]:
    """Return (field, mark) of what a query finds in the article; nothing for a query that cannot be read."""
    if not text.strip():
        return []
    try:
        spans = query.parse(text).match(item) or ()
    except query.QueryError:
        return []
    return [(s.field, Mark(start=s.start, end=s.end, tag="u", classes="hit")) for s in spans]
