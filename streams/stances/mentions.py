"""From overlapping mentions to a row of them: the outermost counts, but what it says of another actor is a stance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, final

from streams.actors import Found
from streams.document import Field
from streams.entry import Actor
from streams.stances.lexicon import Lexicon


@final
class Place:
    """An actor and its span in the folded text."""

    def __init__(self, start: int, end: int, actor: str) -> None:
        self.start: Final = start
        self.end: Final = end
        self.actor: Final = actor


def row(field: Field, mentions: Iterable[Found], actors: dict[str, Actor], lexicon: Lexicon) -> list[Place]:
    """Return the outermost mentions as folded spans, in order, none overlapping.

    Of two actors in one span the person counts, who is named by his office in the body («قائد الجيش»), but for one who only
    speaks for the body. A mention that holds
    a participle and another actor after it («الحكومة المدعومة من أ») is cut before the participle, so that it can be read.
    """
    places = [Place(*field.folded.within(m.start, m.end), m.actor) for m in mentions]
    places.sort(key=lambda p: (p.start, -p.end, actors[p.actor].type != "person" or bool(actors[p.actor].speaks_for)))
    out: list[Place] = []
    for place in places:
        if not out or place.start >= out[-1].end:
            out.append(place)
        elif place.end <= out[-1].end and place.start > out[-1].start and place.actor != out[-1].actor:
            cut = _cut(field.folded.text, out[-1], place, lexicon)
            if cut is not None:
                out[-1:] = [cut, place]
    return out


def _cut(text: str, outer: Place, inner: Place, lexicon: Lexicon) -> Place | None:
    """Return `outer` up to the participle that stands in it before `inner`, None where there is none."""
    at = outer.start
    for word in text[outer.start : inner.start].split():
        start = text.index(word, at)
        at = start + len(word)
        if start > outer.start and any(
            r.role == "act" and r.shape.kind in ("passive", "active") for r in lexicon.word(word).readings
        ):
            return Place(outer.start, len(text[:start].rstrip()), outer.actor)
    return None
