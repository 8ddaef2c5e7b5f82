"""From an article to its stances: which sentences are read, what is checked, what is kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from khabar.schema import Span, Stance, stable_id
from streams import quotes
from streams.actors import Found
from streams.document import Document, Field
from streams.gazetteer import Gazetteer
from streams.stances import checks, forces, frames, labels, speech, syntax
from streams.stances.frames import Claim, Refused
from streams.stances.lexicon import Lexicon, load
from streams.stances.sentence import Item, build, folded_span
from streams.stances.subjects import subjects
from streams.stances.syntax import Scene

MEMORY = 6
"""How many mentions of earlier sentences a pronoun may point at."""


class Reading(NamedTuple):
    """One sentence as it was read: its original span, its scene, which items are quoted, and what came of each cue."""

    field: Field
    span: tuple[int, int]
    scene: Scene
    quoted: Sequence[bool]
    outcomes: Sequence[Claim | Refused]


def find(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> list[Stance]:
    """Return the stances of an article, in reading order, one per holder, target, polarity and sentence.

    `mentions` are those of streams.actors.find: sorted, offsets into the original fields.
    """
    return [stance for reading in read(doc, mentions, gazetteer) for stance in stances_of(reading)]


def stances_of(reading: Reading) -> list[Stance]:
    """Return the stances of a sentence: of several claims to the same one the surest."""
    best: dict[tuple[str, str, str], Stance] = {}
    for claim in reading.outcomes:
        if isinstance(claim, Claim):
            stance = _stance(reading, claim)
            key = (stance.holder, stance.target, stance.polarity)
            if key not in best or best[key].confidence < stance.confidence:
                best[key] = stance
    return list(best.values())


def read(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> Iterator[Reading]:
    """Yield every sentence that has an actor to speak of, with all that was found or refused in it."""
    lexicon = load()
    for field in doc.fields:
        mine = [m for m in mentions if m.field == field.name]
        if mine:
            yield from _read_field(field, mine, gazetteer, lexicon)


def _read_field(field: Field, mentions: Sequence[Found], gazetteer: Gazetteer, lexicon: Lexicon) -> Iterator[Reading]:
    earlier: list[Item] = []
    speaker: Item | None = None
    starts = [m.start for m in mentions]
    quotations = [folded_span(field, *span) for span in quotes.speech(field.text)]
    for span in field.sentences:
        inside = mentions[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]
        if not inside and not earlier:
            continue
        items = build(field, span, inside, gazetteer, lexicon)
        forces.name(items, earlier, speaker, gazetteer.actors)
        syntax.classify(items)
        said = speech.attribute(items, speaker, quotations)
        scene = Scene(items, subjects(items), said.speakers, earlier, lexicon)
        found = [o for i in range(len(items)) if items[i].readings for o in frames.outcomes(scene, i)]
        found += labels.claims(scene)
        yield Reading(field, span, scene, said.quoted, [checks.checked(o, gazetteer.actors) for o in found])
        speaker = said.carried
        earlier = (earlier + [i for i in items if i.actor])[-MEMORY:]


def _stance(reading: Reading, claim: Claim) -> Stance:
    field, scene = reading.field, reading.scene
    cue = scene.items[claim.cue]
    start, end = field.folded.original(cue.start, cue.end)
    sentence = field.text[reading.span[0] : reading.span[1]]
    said_by = scene.speakers[claim.cue]
    return Stance(
        id=stable_id(claim.holder.actor, claim.target.actor, claim.act.polarity, sentence),
        holder=claim.holder.actor,
        target=claim.target.actor,
        polarity=claim.act.polarity,
        mode=claim.act.mode,
        act=claim.act.id,
        quoted=reading.quoted[claim.cue],
        speaker=said_by.actor if said_by is not None else None,
        field=field.name,
        sentence=sentence,
        sentence_start=reading.span[0],
        sentence_end=reading.span[1],
        cue=field.text[start:end],
        cue_start=start,
        cue_end=end,
        holder_mention=_span(field, reading.span[0], claim.holder),
        target_mention=_span(field, reading.span[0], claim.target),
        rule=claim.rule,
        confidence=checks.confidence(claim, scene),
    )


def _span(field: Field, sentence_start: int, item: Item) -> Span | None:
    """Return where the mention stands, None when it stands in an earlier sentence."""
    start, end = field.folded.original(item.start, item.end)
    if start < sentence_start:
        return None
    return Span(field=field.name, start=start, end=end, text=field.text[start:end])
