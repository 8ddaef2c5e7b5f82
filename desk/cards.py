"""An article as a list shows it: its title and a piece of its text with what was searched for marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from markupsafe import Markup

from desk.marks import Mark, inline
from desk.summary import Names, names
from khabar.ports import Hit
from khabar.schema import CoverageItem, Span, Stance

SNIPPET: Final = 260


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the list template needs of one article."""

    item: CoverageItem
    title: Markup
    snippet: Markup
    names: Names
    stances: list[Stance]
    """One of each holder, target and polarity, in reading order."""


def card(hit: Hit) -> Card:
    """Return the card of a search result."""
    article = hit.item.tagged.article
    title_hits = [h for h in hit.highlights if h.field == "title"]
    text_hits = [h for h in hit.highlights if h.field == "text"]
    return Card(
        item=hit.item,
        title=inline(article.title or article.text[:80], _marks(title_hits if article.title else [], 0)),
        snippet=snippet(article.text, text_hits),
        names=names([hit.item]),
        stances=list({(s.holder, s.target, s.polarity): s for s in reversed(hit.item.tagged.stances)}.values())[::-1],
    )


def snippet(text: str, hits: Sequence[Span]) -> Markup:
    """Return about SNIPPET characters of `text`: round the first hit, else from the start; cut between words."""
    first = min((h.start for h in hits), default=0)
    start = 0 if first < SNIPPET // 2 else _word_start(text, first - SNIPPET // 4)
    end = start + SNIPPET
    if end < len(text):
        end = text.rfind(" ", start + SNIPPET // 2, end)
        end = start + SNIPPET if end < 0 else end
    piece = text[start:end].rstrip()
    inside = [h for h in hits if start <= h.start and h.end <= end]
    lead, tail = "… " if start else "", " …" if end < len(text) else ""
    return inline(lead + piece + tail, _marks(inside, start - len(lead)))


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + 40 else at


def _marks(hits: Sequence[Span], shift: int) -> list[Mark]:
    return [Mark(start=h.start - shift, end=h.end - shift, classes="hit") for h in hits]
