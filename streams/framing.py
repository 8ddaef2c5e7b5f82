"""Loaded words: which an article uses, whom they favour or harm, and whether the outlet or a speaker says them."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from khabar.errors import KhabarError
from khabar.schema import Framing
from streams import quotes
from streams.actors import Found
from streams.document import Document, Field
from streams.forms import Form, Forms, Kind, bare, variants
from streams.gazetteer import Gazetteer
from streams.stances import engine

DATA: Final = Path(__file__).with_name("framing.toml")
OUTLET: Final = "outlet"
UNKNOWN: Final = "unknown"
"""`by` of a word inside a quotation whose speaker is no known actor."""


class FramingError(KhabarError):
    """The file of loaded words is wrong; the message names file, entry and field."""


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: forms that favour or harm a camp between two dates, both included; a missing date is open."""

    camp: str
    effect: Literal["favours", "harms"]
    gloss: str
    forms: tuple[str, ...]
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")


class Terms(NamedTuple):
    """The compiled file: entries by number, the automaton over their forms, pairs of rival camps, a hash of the content."""

    entries: tuple[Term, ...]
    forms: Forms
    rivals: tuple[tuple[str, str], ...]
    generation: str


@lru_cache(maxsize=2)
def load(path: Path = DATA) -> Terms:
    """Return the compiled terms of a file; raises FramingError."""
    try:
        content = path.read_text(encoding="utf-8")
        document = tomllib.loads(content)
    except (OSError, UnicodeDecodeError) as e:
        raise FramingError(f"{path}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise FramingError(f"{path.name}: not TOML: {e}") from e
    entries = tuple(_convert(path.name, f"term {n}", raw, Term) for n, raw in enumerate(document.get("term", []), 1))
    rivals: tuple[tuple[str, str], ...] = _convert(path.name, "rivals", document.get("rivals", []), tuple[tuple[str, str], ...])
    return Terms(entries, _automaton(entries), rivals, hashlib.sha256(content.encode()).hexdigest()[:16])


def _convert(file: str, entry: str, raw: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as e:
        message, _, where = str(e).partition(" - at `$")
        raise FramingError(f"{file}: {entry}: {where.strip('.`') or 'entry'}: {message}") from e


def _automaton(entries: Sequence[Term]) -> Forms:
    table: defaultdict[tuple[str, bool], list[Form]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for text in entry.forms:
            table[bare(variants(text)[0])].append(Form(Kind.NAME, str(number), entry.since, entry.until))
    return Forms(table)


def find(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> list[Framing]:
    """Return the loaded words of an article in reading order, the longest where several begin at one place.

    Inside somebody's speech a word is that speaker's (`by` his actor id, or "unknown"), outside it the outlet's.
    """
    terms = load()
    found: list[Framing] = []
    for field in doc.fields:
        loaded = _loaded(field, doc.on, terms)
        if loaded:
            voices = _Voices(field, mentions, gazetteer, field.original(loaded[-1].start, loaded[-1].end)[0])
            found += [_framing(field, place, voices) for place in loaded]
    return found


class _Loaded(NamedTuple):
    start: int
    end: int
    entry: Term


def _loaded(field: Field, on: date | None, terms: Terms) -> list[_Loaded]:
    """Return the loaded words of a field as spans of its matching text, none overlapping."""
    chosen: list[_Loaded] = []
    for hit in terms.forms.hits(field.line.text):
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
