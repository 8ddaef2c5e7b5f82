"""Which actors appear in an article, and where: every mention with the rule that decided it."""

from __future__ import annotations

import msgspec

from khabar.schema import FieldName
from streams.document import Document, Field
from streams.forms import Hit, Kind
from streams.gazetteer import Gazetteer


class Found(msgspec.Struct, frozen=True, order=True):
    """A mention: offsets into the original field; the span holds ال but no other clitic."""

    field: FieldName
    start: int
    end: int
    actor: str
    rule: str


def find(doc: Document, gazetteer: Gazetteer) -> list[Found]:
    """Return the mentions of actors in title and text, sorted by field (title first) and start."""
    hits = [(field, gazetteer.forms.hits(field.line.text)) for field in doc.fields]
    long = {h.form.actor for _, found in hits for h in found if h.form.kind <= Kind.ROLE and h.form.holds(doc.on)}
    return [m for field, found in hits for m in _mentions(doc, field, found, long)]


def _mentions(doc: Document, field: Field, hits: list[Hit], long: set[str]) -> list[Found]:
    chosen: list[Found] = []
    last = 0
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.form.kind)):
        if hit.start < last:
            continue
        rule = _rule(doc, hit, long)
        if not rule:
            continue
        last = hit.end
        if rule != "not":
            start, end = field.original(hit.start, hit.end)
            chosen.append(Found(field.name, start, end, hit.form.actor, rule))
    return chosen


def _rule(doc: Document, hit: Hit, long: set[str]) -> str:
    kind = hit.form.kind
    if kind is Kind.EXCLUDED:
        return "not"
    if kind in (Kind.NAME, Kind.PEOPLE, Kind.ROLE):
        return kind.name.lower() if hit.form.holds(doc.on) else ""
    if kind in (Kind.SHORT, Kind.WEAK):
        return kind.name.lower() if hit.form.actor in long else ""
    return ""
