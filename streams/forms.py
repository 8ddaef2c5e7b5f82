"""All forms of all actors as one Aho-Corasick automaton over the matching text of a field.

The matching text (document.Field.line) has exactly one space between words and at both ends, so a key ends in a space:
a form is never found at the beginning of a longer word. What stands before it in its word must be clitics, see PROCLITICS.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Final

import ahocorasick
import msgspec

from khabar import arabic
from streams import words
from streams.entry import Actor


class Kind(IntEnum):
    """What a form says, the stronger first: of two readings of one span the first that holds is taken."""

    EXCLUDED = 0
    JOINT = 1
    ROLE = 2
    NAME = 3
    PEOPLE = 4
    SHORT = 5
    METONYM = 6
    WEAK = 7
    TITLE = 8
    ADJECTIVE = 9
    NATION = 10
    OWN = 11
    """A force or a government with a pronoun; `actor` says which of the two, as an entry's field (commands, heads)."""


class Form(msgspec.Struct, frozen=True, order=True, gc=False):
    """A form of one actor, under its key. Dates bound it, both included."""

    kind: Kind
    actor: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date | None) -> bool:
        """Return whether the form means its actor at that date; an unknown date is within all bounds."""
        return on is None or ((self.since is None or self.since <= on) and (self.until is None or on <= self.until))


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one key can mean, made ready once: `forms` are those that make a mention, strongest first."""

    forms: tuple[Form, ...]
    excluded: tuple[str, ...]
    """Actors that a span with this form does not mean."""
    names: tuple[str, ...]
    """Actors that are named in the article if this form stands in it."""
    adjective: str
    """The state whose adjective this is, or ""."""
    own: str
    """The field of whoever was named last that says what "his forces" or "our government" is, or ""."""
    title: bool
    roles: bool


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A form in the matching text. The span has ال but no other clitic; `word` is where its first word begins, with them."""

    start: int
    end: int
    word: int
    reading: Reading


class Forms:
    """The compiled automaton."""

    def __init__(self, table: dict[tuple[str, bool], list[Form]]) -> None:
        self.automaton = ahocorasick.Automaton()
        keys = {key for key, _ in table}
        for key in keys:
            plain, article = (_reading(table.get((key, al), ())) for al in (False, True))
            self.automaton.add_word(key + " ", (len(key), plain, article))
        if keys:
            self.automaton.make_automaton()
        self.count = len(keys)

    @classmethod
    def compile(cls, actors: Iterable[Actor]) -> Forms:
        """Return the automaton of all forms of `actors`."""
        table: defaultdict[tuple[str, bool], list[Form]] = defaultdict(list)
        for actor in actors:
            for text, form in forms_of(actor):
                for variant in variants(text, person=actor.type == "person"):
                    table[bare(variant)].append(form)
        for field, nouns in (("commands", words.load().forces), ("heads", words.load().governments)):
            for noun in words.owned(nouns):
                table[noun, False].append(Form(Kind.OWN, field))
        return cls(table)

    def hits(self, line: str) -> list[Hit]:
        """Return every form in a matching text that stands at a word's beginning after clitics at most; the longer first."""
        found: list[Hit] = []
        if not self.count:
            return found
        for last, (length, plain, article) in self.automaton.iter(line):
            start = last - length
            if line[start - 1] == " ":
                if plain is not None:
                    found.append(Hit(start, last, start, plain))
                continue
            word = line.rfind(" ", max(0, start - LONGEST - 1), start) + 1
            clitics = PROCLITICS.get(line[word:start]) if word else None
            if clitics is WITH_ARTICLE:
                if article is not None:
                    found.append(Hit(start - 2, last, word, article))
            elif clitics is BARE:
                if plain is not None:
                    found.append(Hit(start, last, word, plain))
                elif article is not None and line.startswith("لل", start - 1):  # للواء is ل before اللواء
                    found.append(Hit(start - 1, last, word, article))
        found.sort(key=_place)
        return found


def _place(hit: Hit) -> int:
    return (hit.start << 32) - hit.end  # by start, the longer first; one number is quicker to compare than a pair


def _reading(forms: Iterable[Form]) -> Reading | None:
    if not forms:
        return None
    ranked = sorted(set(forms), key=_rank)
    said = tuple(f for f in ranked if Kind.EXCLUDED < f.kind < Kind.TITLE)
    return Reading(
        forms=said,
        excluded=tuple(f.actor for f in ranked if f.kind is Kind.EXCLUDED),
        names=tuple(dict.fromkeys(f.actor for f in said if f.kind in (Kind.NAME, Kind.PEOPLE))),
        adjective=next((f.actor for f in ranked if f.kind is Kind.ADJECTIVE), ""),
        own=next((f.actor for f in ranked if f.kind is Kind.OWN), ""),
        title=any(f.kind is Kind.TITLE for f in ranked),
        roles=any(f.kind is Kind.ROLE for f in said),
    )


BARE: Final = "bare"
WITH_ARTICLE: Final = "article"


def _proclitics() -> dict[str, str]:
    """Clitic strings that may stand before a key → whether ال is among them; لال is ل before a name in أل (لألمانيا)."""
    leads = [question + conjunction for question in ("", "ا") for conjunction in ("", "و", "ف")]
    table = dict.fromkeys((lead + preposition for lead in leads for preposition in ("", "ب", "ك", "ل")), BARE)
    return table | dict.fromkeys((lead + al for lead in leads for al in ("ال", "بال", "كال", "لل", "لال")), WITH_ARTICLE)


PROCLITICS: Final = _proclitics()
LONGEST: Final = max(map(len, PROCLITICS))


def _rank(form: Form) -> tuple[int, bool, str, str]:
    return form.kind, form.since is None and form.until is None, form.actor, str(form.since)


def bare(form: str) -> tuple[str, bool]:
    """Return the key of a folded form, which is without ال, and whether it had it."""
    return (form[2:], True) if form.startswith("ال") and len(form) > 3 else (form, False)


@lru_cache(maxsize=100_000)
def variants(form: str, *, person: bool = False) -> tuple[str, ...]:
    """Return the folded matching texts of a form: as it stands, and with the parts of its names joined or parted otherwise."""
    line = arabic.matching_line(arabic.folded(form)).text.strip()
    seen = [line]
    if "عبد الرحمن" in line:
        seen.append(line.replace("عبد الرحمن", "عبد الرحمان"))
    if "عبد ال" in line:
        seen += [text.replace("عبد ال", "عبدال") for text in seen]
    if line.startswith("ابو ") or " ابو " in line:
        for text in list(seen):
            seen += [(" " + text).replace(" ابو ", other)[1:] for other in (" ابو", " بو ", " بو")]
    if person and line.count(" ") == 1 and " ال" in line:
        seen.append(line.replace(" ", ""))
    return tuple(dict.fromkeys(seen))


def forms_of(actor: Actor) -> Iterator[tuple[str, Form]]:
    """Yield the written forms of one actor, each with what it says. Titles are anybody's: their form names no actor."""
    kinds: tuple[tuple[Kind, Iterable[str]], ...] = (
        (Kind.EXCLUDED, actor.excluded),
        (Kind.JOINT, actor.joint),
        (Kind.NAME, itertools.chain(actor.names, *(c.forms() for c in actor.collectives))),
        (Kind.PEOPLE, actor.people),
        (Kind.SHORT, actor.short),
        (Kind.METONYM, actor.metonyms),
        (Kind.WEAK, actor.weak),
        (Kind.NATION, actor.nationality.people),
        (Kind.ADJECTIVE, inflected(actor.nationality.adj)),
    )
    for kind, texts in kinds:
        yield from ((text, Form(kind, actor.id)) for text in texts)
    yield from ((text, Form(Kind.TITLE, "")) for text in actor.titles)
    yield from ((r.form, Form(Kind.ROLE, actor.id, r.since, r.until)) for r in actor.roles)


def inflected(adjectives: Iterable[str]) -> Iterator[str]:
    """Yield masculine, feminine, dual and plural of adjectives, each without and with ال."""
    for word in adjectives:
        for ending in ("", "ة", "ين", "ون", "ان", "تين"):
            yield word + ending
            yield "ال" + word + ending
