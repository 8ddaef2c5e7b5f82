"""An article as a list shows it: its title and a piece of its text with what was searched for marked."""

from __future__ import annotations

from typing import Final

import msgspec
from markupsafe import Markup

from desk.marks import Mark, inline
from desk.summary import Names, names
from khabar.ports import Hit
from khabar.schema import CoverageItem, Stance
from khabar.snippets import Snippet, snippet

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
    title = snippet(article.title, hit.highlights, "title", len(article.title))
    return Card(
        item=hit.item,
        title=marked(title if article.title else snippet(article.text, (), length=80)),
        snippet=marked(snippet(article.text, hit.highlights, length=SNIPPET)),
        names=names([hit.item]),
        stances=list({(s.holder, s.target, s.polarity): s for s in reversed(hit.item.tagged.stances)}.values())[::-1],
    )


def marked(piece: Snippet) -> Markup:
    """Return a snippet as HTML, its matches marked, with dots where the text goes on."""
    lead, tail = "… " if piece.cut_before else "", " …" if piece.cut_after else ""
    marks = [Mark(start=a + len(lead), end=b + len(lead), classes="hit") for a, b in piece.marks]
    return inline(lead + piece.text.rstrip() + tail, marks)
