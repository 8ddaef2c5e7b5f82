"""Loaded words: which an article uses, whom they favour or harm, and whether the outlet or a speaker says them."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, final

from khabar.schema import Framing
from streams import quotes
from streams.actors import Found
from streams.document import Document, Field
from streams.gazetteer import LOADED, Gazetteer
from streams.scan import Hit
from streams.stances import engine
from streams.terms import Term, Terms, load

OUTLET: Final = "outlet"
UNKNOWN: Final = "unknown"
"""`by` of a word inside a quotation whose speaker is no known actor."""


def find(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> list[Framing]:
    """Return the loaded words of an article in reading order, the longest where several begin at one place.

    Inside somebody's speech a word is that speaker's (`by` his actor id, or "unknown"), outside it the outlet's.
    """
    terms = load()
    found: list[Framing] = []
    for field in doc.fields:
        loaded = _loaded(field.hits(gazetteer.forms, LOADED), doc.on, terms)
        if loaded:
            voices = _Voices(field, mentions, gazetteer, field.original(loaded[-1].start, loaded[-1].end)[0])
            found += [_framing(field, place, voices) for place in loaded]
    return found


@final
class _Loaded:
    """A loaded word: its span in the matching text, and its entry."""

    def __init__(self, start: int, end: int, entry: Term) -> None:
        self.start: Final = start
        self.end: Final = end
        self.entry: Final = entry


def _loaded(hits: Sequence[Hit], on: date | None, terms: Terms) -> list[_Loaded]:
    """Return the loaded words among the `hits` of a field, none overlapping."""
    chosen: list[_Loaded] = []
    for hit in hits:
        form = next((f for f in hit.reading.forms if f.holds(on)), None)
        if form is not None and (not chosen or hit.start >= chosen[-1].end):
            chosen.append(_Loaded(hit.start, hit.end, terms.entries[int(form.actor)]))
    return chosen


def _framing(field: Field, place: _Loaded, voices: _Voices) -> Framing:
    entry = place.entry
    start, end = field.original(place.start, place.end)
    return Framing(
        term=field.text[start:end],
        camp=entry.camp,
        effect=entry.effect,
        by=voices.at(start),
        field=field.name,
        start=start,
        end=end,
        gloss=entry.gloss,
    )


class _Voices:
    """Who speaks at each place of a field up to `last`."""

    def __init__(self, field: Field, mentions: Sequence[Found], gazetteer: Gazetteer, last: int) -> None:
        self._field = field
        self._quotations = quotes.speech(field.text)
        heard = engine.hear(field, mentions, gazetteer)
        self._heard = list(itertools.takewhile(lambda h: h.span[0] <= last, heard))

    def at(self, start: int) -> str:
        """Return whose words stand at `start` of the original text."""
        k = bisect_right(self._heard, start, key=lambda h: h.span[0]) - 1
        if k >= 0 and start < self._heard[k].span[1]:
            return self._said_in(self._heard[k], start)
        q = bisect_right(self._quotations, start, key=lambda span: span[0]) - 1
        return UNKNOWN if q >= 0 and start < self._quotations[q][1] else OUTLET

    def _said_in(self, heard: engine.Heard, start: int) -> str:
        place = self._field.folded.within(start, start)[0]
        i = next((i for i, item in enumerate(heard.scene.items) if item.end > place), None)
        if i is None or not heard.quoted[i]:
            return OUTLET
        speaker = heard.scene.speakers[i]
        return speaker.actor if speaker is not None else UNKNOWN


def lean(framings: Iterable[Framing]) -> dict[str, int]:
    """Return how far an outlet's own words lean to each camp: favours to it and harms to its rivals, less the reverse."""
    score: Counter[str] = Counter()
    for framing in framings:
        if framing.by != OUTLET:
            continue
        sign = 1 if framing.effect == "favours" else -1
        score[framing.camp] += sign
        for rival in _rivals(framing.camp):
            score[rival] -= sign
    return dict(score)


def _rivals(camp: str) -> list[str]:
    return [b if a == camp else a for a, b in load().rivals if camp in (a, b)]
