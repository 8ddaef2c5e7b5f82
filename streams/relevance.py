"""Whether an article is about Libya, and why: signs of Libya weighed against the other countries it speaks of.

A sign is the country's name, a place that lies nowhere else, or a Libyan actor called by a name of his own
(streams/relevance.toml; streams/gazetteer). A name shared with another country's place or body counts only beside one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from streams.actors import Found
from streams.document import Document, Field
from streams.gazetteer import SIGNS, Gazetteer
from streams.scan import Hit
from streams.signs import LISTS

SURE: Final = frozenset({"name", "title+name", "joint"})
"""Rules of mentions that show a Libyan actor without the help of the article."""
LEAD: Final = 300
"""So many characters of the text are its lead: what an article is about stands there or in the title."""
SHORT: Final = 60
"""So many words are a report so short that its title says what it is about."""


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What was counted in one article: signs of Libya by place, the most named other country, words, and its subject."""

    title: int
    lead: int
    total: int
    rival: int
    words: int
    crowd: int = 0
    """How often all other countries are named."""
    subject: str = ""
    elsewhere: bool = False
    """Whether the title names another country and has no sign of Libya."""

    @property
    def share(self) -> float:
        """The part of Libya among its signs and those of the most named other country."""
        return self.total / (self.total + self.rival) if self.total else 0.0


def about_libya(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> tuple[bool, str]:
    """Return whether `doc` is mainly about Libya, and the reason in a few words; `mentions` are those of actors.find."""
    return decide(count(doc, mentions, gazetteer))


def decide(signs: Signs) -> tuple[bool, str]:
    """Return the verdict on what was counted, and the rule that decided."""
    if not signs.total:
        return False, "no sign of Libya"
    told = f"{signs.title} in the title, {signs.total} in all, other country {signs.rival}"
    if signs.subject:
        least = 4 if signs.subject == "market" else 2
        about = bool(signs.title) and signs.total >= least and signs.share >= 0.5
        return about, f"{signs.subject}: {told}"
    if signs.title:
        about = signs.share >= (0.2 if signs.total > 1 else 0.5) or (signs.total == 1 and signs.words <= SHORT)
        return about, f"title: {told}"
    if signs.lead and signs.total >= 2:
        if signs.elsewhere:
            return signs.total >= signs.crowd, f"lead, title elsewhere: {told}"
        return signs.share >= 0.4 and signs.total * 3 >= signs.crowd, f"lead: {told}"
    dense = signs.total * (150 if signs.total >= 4 else 50) >= signs.words
    about = signs.total >= 3 and dense and signs.share >= 0.5 and signs.total * 2 >= signs.crowd
    return about, f"body: {told}"


def count(doc: Document, mentions: Sequence[Found], gazetteer: Gazetteer) -> Signs:
    """Return what `doc` shows of Libya and of other countries."""
    sure: dict[str, set[tuple[int, int]]] = {"title": set(), "text": set()}
    shared: dict[str, set[tuple[int, int]]] = {"title": set(), "text": set()}
    seen: Counter[str] = Counter()
    titled: set[str] = set()
    for field in doc.fields:
        for kind, start, end in _read(field, field.hits(gazetteer.forms, SIGNS)):
            seen[kind] += 1
            if field is doc.title:
                titled.add(kind)
            if kind in ("words", "places"):
                sure[field.name].add((start, end))
            elif kind in ("towns", "bodies"):
                shared[field.name].add((start, end))
    named = {m.actor for m in mentions if m.rule in SURE and gazetteer.actors[m.actor].libyan}
    for m in mentions:
        if m.actor in named:
            sure[m.field].add((m.start, m.end))
    title, text = _apart(sure["title"]), _apart(sure["text"])
    certain = len(title) + len(text)
    if certain or (seen["towns"] and seen["bodies"] and not seen["of_lebanon"]):
        title, text = _apart(sure["title"] | shared["title"]), _apart(sure["text"] | shared["text"])
    rivals = [n for kind, n in seen.items() if kind not in LISTS]
    return Signs(
        title=len(title),
        lead=sum(start < LEAD for start, _ in text),
        total=min(len(title) + len(text), 2 * certain or len(title) + len(text)),
        rival=max(rivals, default=0),
        crowd=sum(rivals),
        words=doc.title.line.text.count(" ") + doc.text.line.text.count(" "),
        subject=_subject(seen, () if title else titled),
        elsewhere=not title and not titled <= set(LISTS),
    )


def _subject(seen: Counter[str], titled: Collection[str]) -> str:
    """Return the subject in which Libya is one of many, from its words; fewer will do if the title has one (`titled`)."""
    for subject in ("market", "sport"):
        if seen[subject] >= (2 if subject in titled else 4):
            return subject
    return ""


def _read(field: Field, hits: Sequence[Hit]) -> list[tuple[str, int, int]]:
    """Return what stands in a field, each with its span in the original text; of two readings the longer is taken."""
    found: list[tuple[str, int, int]] = []
    last = 0
    for hit in hits:
        if hit.end > last:
            last = hit.end
            span = field.original(hit.start, hit.end)
            found += [(form.actor, *span) for form in hit.reading.names]
    return found


def _apart(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that do not overlap one before them: «الجيش الوطني الليبي» is one sign, not two."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
