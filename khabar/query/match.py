"""One article against one tree: does it match, and where. The rule that every other evaluation must agree with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC
from itertools import chain
from typing import Final

from khabar import arabic
from khabar.query.tree import (
    All,
    And,
    DateRange,
    Exact,
    FieldEq,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    StanceIs,
    Term,
    Text,
)
from khabar.query.view import FieldView, Place, View
from khabar.schema import CoverageItem, Span, Stance

_TEXTS: Final = (Term, Phrase, Prefix, Exact)
"""The parts of `Text`; a union that is made anew with each question takes longer than the question."""


def stance_meets(asked: StanceIs, stance: Stance) -> bool:
    """Return whether one stance meets all that is asked."""
    return (
        (not asked.holder or stance.holder in asked.holder)
        and (not asked.target or stance.target in asked.target)
        and (not asked.polarity or stance.polarity in asked.polarity)
        and (not asked.act or stance.act in asked.act)
        and stance.confidence >= asked.confidence
    )


def holds(node: Node, view: View) -> bool:
    """Return whether the article matches."""
    if isinstance(node, And):
        for part in node.items:  # noqa: SIM110  # twice as quick as all(), and this is run for every candidate
            if not holds(part, view):
                return False
        return True
    if isinstance(node, _TEXTS):
        return view.finds(node)
    if isinstance(node, Near):
        return any(_is_near(node, f) for f in view.of(node.left.field))
    if isinstance(node, Or):
        return any(holds(i, view) for i in node.items)
    if isinstance(node, Not):
        return not holds(node.item, view)
    if isinstance(node, FieldEq):
        return not view.keywords[node.field].isdisjoint(node.values)
    if isinstance(node, StanceIs):
        return any(stance_meets(node, s) for s in view.item.tagged.stances)
    return isinstance(node, All) or _in_range(node, view.item)


def _in_range(leaf: DateRange, item: CoverageItem) -> bool:
    article = item.tagged.article
    moment = article.published or article.fetched_at
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (leaf.start is None or moment >= leaf.start) and (leaf.end is None or moment < leaf.end)


def _is_near(leaf: Near, field: FieldView) -> bool:
    """Return whether the two sides stand near anywhere: whichever has fewer places is asked, since nearness is mutual."""
    left = field.find(leaf.left)
    right = field.find(leaf.right) if left else []
    fewer, more = (left, right) if len(left) <= len(right) else (right, left)
    return bool(_with_neighbour(fewer, more, leaf.distance, field))


def _near(leaf: Near, field: FieldView) -> tuple[list[Place], list[Place]]:
    """Return the occurrences of each side that have one of the other side near."""
    left, right = field.find(leaf.left), field.find(leaf.right)
    if not left or not right:
        return [], []
    return _with_neighbour(left, right, leaf.distance, field), _with_neighbour(right, left, leaf.distance, field)


def _with_neighbour(these: list[Place], others: list[Place], distance: int, field: FieldView) -> list[Place]:
    """Those with another that ends or begins at most `distance` words away, without overlap; both lists are in order."""
    firsts, lasts = [o[0] for o in others], [o[1] for o in others]
    kept = []
    for start, end in these:
        after = bisect_right(firsts, end)
        before = bisect_left(lasts, start) - 1
        follows = after < len(firsts) and field.near(end, firsts[after], distance)
        if follows or (before >= 0 and field.near(lasts[before], start, distance)):
            kept.append((start, end))
    return kept


_Found = tuple[set[tuple[int, int]], set[tuple[int, int]]]
"""Places in the title and in the text, in the original."""


def spans(node: Node, view: View) -> tuple[Span, ...]:
    """Return where a matching article matches: title, then text, by place, none twice.

    Every branch of an OR that holds counts; what is negated, and a field such as outlet: or after:, shows nothing.
    """
    found: _Found = (set(), set())
    _collect(node, view, found)
    return tuple([f.span(p) for f, places in zip(view.fields, found, strict=True) if places for p in sorted(places)])


def _collect(node: Node, view: View, found: _Found) -> None:
    if isinstance(node, And):
        for part in node.items:
            _collect(part, view, found)
    elif isinstance(node, _TEXTS):
        _add(node, view.of(node.field), found)
    elif isinstance(node, Near):
        _add(node, view.of(node.left.field), found)
    elif isinstance(node, Or):
        for branch in node.items:
            if holds(branch, view):
                _collect(branch, view, found)
    elif isinstance(node, FieldEq | StanceIs):
        for name, start, end in _marked(node, view.item):
            found[name == "text"].add((start, end))


def _add(leaf: Text | Near, fields: Iterable[FieldView], found: _Found) -> None:
    for field in fields:
        found[field.name == "text"].update(_places(leaf, field))


def _places(leaf: Text | Near, field: FieldView) -> Iterable[tuple[int, int]]:
    if isinstance(leaf, Exact):
        return field.exact_spans(leaf.words)
    found = chain.from_iterable(_near(leaf, field)) if isinstance(leaf, Near) else field.find(leaf)
    return map(field.original, found)


def _marked(leaf: FieldEq | StanceIs, item: CoverageItem) -> list[tuple[str, int, int]]:
    tagged = item.tagged
    if isinstance(leaf, StanceIs):
        met = (s for s in tagged.stances if stance_meets(leaf, s))
        return [(s.field, s.sentence_start, s.sentence_end) for s in met]
    if leaf.field == "actor":
        return [(m.field, m.start, m.end) for a in tagged.actors if a.id in leaf.values for m in a.mentions]
    if leaf.field == "framing":
        named = (f for f in tagged.framing if {arabic.folded(f.term), arabic.folded(f.camp)} & set(leaf.values))
        return [(f.field, f.start, f.end) for f in named]
    return []
