"""From an article to its stances: which sentences are read, what is checked, what is kept."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Final, final

from khabar.schema import Span, Stance, stable_id
from streams import quotes
from streams.actors import Found
from streams.document import Document, Field
from streams.gazetteer import Gazetteer
from streams.stances import checks, forces, frames, labels, pieces, speech, syntax
from streams.stances.frames import Claim, Refused
from streams.stances.item import Item
from streams.stances.lexicon import load
from streams.stances.mentions import Place, row
from streams.stances.sentence import build, folded_span, mention, nationalities
from streams.stances.speech import Attribution
from streams.stances.subjects import subjects
from streams.stances.syntax import Scene

MEMORY = 6
"""How many mentions of earlier sentences a pronoun may point at, and how many sentences back a speaker is looked for."""

LEAST = 0.6
"""A claim less sure than this is none: outside the development articles fewer than one in four of them was right."""
SURE, WEAK = 0.75, 0.70
"""Where a stance is found this surely, other sentences are not cited for it that say it less surely than WEAK."""
LONGEST = 3000
"""Characters of the longest sentence that is read as one."""


@final
class Heard:
    """One sentence before a stance is sought in it: its original span, its scene, and which items are quoted."""

    def __init__(self, span: tuple[int, int], scene: Scene, quoted: list[bool]) -> None:
        self.span: Final = span
        self.scene: Final = scene
        self.quoted: Final = quoted


@final
class Reading:
    """One sentence as it was read: its original span, its scene, which items are quoted, and what came of each cue."""

    def __init__(
        self, field: Field, span: tuple[int, int], scene: Scene, quoted: list[bool], outcomes: list[Claim | Refused]
    ) -> None:
        self.field: Final = field
        self.span: Final = span
        self.scene: Final = scene
        self.quoted: Final = quoted
        self.outcomes: Final = outcomes


def find(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> list[Stance]:
    """Return the stances of an article, in reading order, one per holder, target, polarity and sentence.

    `mentions` are those of streams.actors.find: sorted, offsets into the original fields.
    """
    found = [stance for reading in _read(doc, mentions, gazetteer, every=False) for stance in stances_of(reading)]
    return _without_weak_repeats(found)


def _without_weak_repeats(found: Sequence[Stance]) -> list[Stance]:
    """Return the stances but for those that say less surely what another sentence says surely."""
    best: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for s in found:
        best[_key(s)] = max(best[_key(s)], s.confidence)
    return [s for s in found if s.confidence >= WEAK or best[_key(s)] < SURE]


def _key(stance: Stance) -> tuple[str, str, str]:
    return stance.holder, stance.target, stance.polarity


def stances_of(reading: Reading) -> list[Stance]:
    """Return the stances of a sentence: of several claims to the same one the surest."""
    best: dict[tuple[str, str, str], tuple[float, Claim]] = {}
    for claim in reading.outcomes:
        if isinstance(claim, Claim):
            key = (claim.holder.actor, claim.target.actor, claim.act.polarity)
            sure = checks.confidence(claim, reading.scene)
            if sure >= LEAST and (key not in best or best[key][0] < sure):
                best[key] = (sure, claim)
    return [_stance(reading, claim, sure) for sure, claim in best.values()]


def read(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> Iterator[Reading]:
    """Yield every sentence that has an actor to speak of, with all that was found or refused in it."""
    yield from _read(doc, mentions, gazetteer, every=True)


def _read(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer, *, every: bool) -> Iterator[Reading]:
    """Yield the readings of the sentences; without `every` only of those with an actor and a cue."""
    for field in doc.fields:
        for heard in hear(field, mentions, gazetteer, every=every):
            outcomes = [checks.checked(o, gazetteer.actors) for o in _outcomes(heard.scene)]
            yield Reading(field, heard.span, heard.scene, heard.quoted, outcomes)


def _outcomes(scene: Scene) -> Iterator[Claim | Refused]:
    for i, item in enumerate(scene.items):
        if "act" in item.roles:
            yield from frames.outcomes(scene, i)
    yield from labels.claims(scene)


def hear(field: Field, mentions: Sequence[Found], gazetteer: Gazetteer, *, every: bool = True) -> Iterator[Heard]:
    """Yield the sentences of one field with who says what in them, without seeking stances; `mentions` may hold others' too."""
    mine = [m for m in mentions if m.field == field.name]
    if mine:
        yield from _Reader(field, mine, gazetteer).sentences(every=every)


def _pieces(field: Field) -> Iterator[tuple[int, int]]:
    """Yield the sentences; one longer than LONGEST is cut at white space, so that no text costs more than its length."""
    for start, end in field.sentences:
        at = start
        while end - at > LONGEST:
            cut = field.text.rfind(" ", at + 1, at + LONGEST)
            stop = cut if cut > 0 else at + LONGEST
            yield at, stop
            at = stop + (cut > 0)
        yield at, end


class _Reader:
    """Reads a field sentence by sentence and remembers who was mentioned and who spoke."""

    def __init__(self, field: Field, mentions: Sequence[Found], gazetteer: Gazetteer) -> None:
        self._field, self._mentions, self._gazetteer = field, mentions, gazetteer
        self._lexicon = load()
        self._pieces = pieces.of(field, self._lexicon)
        self._adjectives = nationalities(gazetteer, self._lexicon)
        self._starts = [m.start for m in mentions]
        self._quotations = [folded_span(field, *span) for span in quotes.speech(field.text)]
        self._earlier: list[Item] = []
        self._speaker: Item | None = None

    def sentences(self, *, every: bool) -> Iterator[Heard]:
        """Yield the sentences in order; without `every` only those with an actor and a cue."""
        passed: deque[tuple[int, int]] = deque(maxlen=MEMORY)
        for span in _pieces(self._field):
            if not self._earlier and not passed and not self._inside(span):
                continue
            if not every and not (self._inside(span) and self._pieces.has_cue(*self._between(span))):
                passed.append(span)
                continue
            while passed:
                self._remember(passed.popleft())
            scene, said = self._scene(span)
            yield Heard(span, scene, said.quoted)

    def _inside(self, span: tuple[int, int]) -> Sequence[Found]:
        return self._mentions[bisect_left(self._starts, span[0]) : bisect_left(self._starts, span[1])]

    def _between(self, span: tuple[int, int]) -> tuple[int, int]:
        return self._pieces.between(*folded_span(self._field, *span))

    def _row(self, span: tuple[int, int]) -> list[Place]:
        return row(self._field, self._inside(span), self._gazetteer.actors, self._lexicon)

    def _remember(self, span: tuple[int, int]) -> None:
        """Take note of who is mentioned and who speaks in a sentence that is not read for stances."""
        if self._pieces.has_speech(*self._between(span)):
            self._scene(span)
            return
        text, actors = self._field.folded.text, self._gazetteer.actors
        self._earlier = (self._earlier + [mention(text, p.start, p, actors[p.actor]) for p in self._row(span)])[-MEMORY:]

    def _scene(self, span: tuple[int, int]) -> tuple[Scene, Attribution]:
        """Return the sentence as a scene, and who says what in it; what it says goes into the memory."""
        folded = folded_span(self._field, *span)
        actors = self._gazetteer.actors
        items = build(self._field, self._pieces, folded, self._row(span), actors=actors, adjectives=self._adjectives)
        forces.name(items, self._earlier, self._speaker, actors)
        syntax.classify(items)
        said = speech.attribute(items, self._speaker, self._quotations)
        asks = bool(items) and items[-1].text in ("؟", "?") and all(x.kind != "quote" for x in items)
        scene = Scene(items, subjects(items), said.speakers, self._earlier, self._lexicon, question=asks)
        self._speaker = said.carried
        self._earlier = (self._earlier + [i for i in items if i.actor])[-MEMORY:]
        return scene, said


def _stance(reading: Reading, claim: Claim, sure: float) -> Stance:
    field, scene = reading.field, reading.scene
    cue = scene.items[claim.cue]
    start, end = field.folded.original(cue.start, cue.end)
    sentence = field.text[reading.span[0] : reading.span[1]]
    said_by = scene.speakers[claim.cue] or (claim.holder if claim.act.said else None)
    return Stance(
        id=stable_id(claim.holder.actor, claim.target.actor, claim.act.polarity, sentence),
        holder=claim.holder.actor,
        target=claim.target.actor,
        polarity=claim.act.polarity,
        mode=claim.act.mode,
        act=claim.act.id,
        quoted=reading.quoted[claim.cue] or claim.act.said,
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
        confidence=sure,
    )


def _span(field: Field, sentence_start: int, item: Item) -> Span | None:
    """Return where the mention stands, None when it stands in an earlier sentence."""
    start, end = field.folded.original(item.start, item.end)
    if start < sentence_start:
        return None
    return Span(field=field.name, start=start, end=end, text=field.text[start:end])
