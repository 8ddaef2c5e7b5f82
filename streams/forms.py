"""All forms of all actors as one Aho-Corasick automaton over the matching text of a field.

The matching text (document.Field.line) has exactly one space between words and at both ends, so a key ends in a space:
a form is never found at the beginning of a longer word. What stands before it in its word must be clitics, see PROCLITICS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from enum import IntEnum
from typing import Any, Final

import ahocorasick
import msgspec

from khabar import arabic
from streams.entry import Actor


class Kind(IntEnum):
    """What a form says, strongest first."""

    EXCLUDED = 0
    NAME = 1
    PEOPLE = 2
    ROLE = 3
    SHORT = 4
    METONYM = 5
    WEAK = 6
    TITLE = 7
    ADJECTIVE = 8
    NATION = 9


class Form(msgspec.Struct, frozen=True):
    """A form of one actor. `article`: it stands with ال, which the key leaves out. Dates bound it, both included."""

    actor: str
    kind: Kind
    article: bool
    since: date | None = None
    until: date | None = None

    def holds(self, on: date | None) -> bool:
        """Return whether the form means its actor at that date; an unknown date is within all bounds."""
        return on is None or ((self.since is None or self.since <= on) and (self.until is None or on <= self.until))


class Hit(msgspec.Struct, frozen=True):
    """A form found in a matching text; the span includes ال but no other clitic."""

    start: int
    end: int
    form: Form


class Forms:
    """The compiled automaton."""

    def __init__(self, table: dict[str, list[Form]]) -> None:
        self.automaton = ahocorasick.Automaton()
        for key, forms in table.items():
            self.automaton.add_word(key + " ", (len(key), tuple(forms)))
        if table:
            self.automaton.make_automaton()
        self.count = len(table)

    @classmethod
    def compile(cls, actors: Iterable[Actor]) -> Forms:
        """Return the automaton of all forms of `actors`."""
        table: defaultdict[str, list[Form]] = defaultdict(list)
        for actor in actors:
            for text, form in _forms(actor):
                for variant in variants(text, person=actor.type == "person"):
                    key, article = bare(variant)
                    made = msgspec.structs.replace(form, article=article)
                    if key and made not in table[key]:
                        table[key].append(made)
        return cls(table)

    def hits(self, line: str) -> list[Hit]:
        """Return every form in a matching text that stands at a word's beginning, after clitics at most."""
        found: list[Hit] = []
        if not self.count:
            return found
        for last, (length, forms) in self.automaton.iter(line):
            start = last - length
            before = line[start - 1]
            if before == " ":
                clitic: tuple[bool, bool] | None = BARE
            else:
                word = line.rfind(" ", max(0, start - LONGEST - 1), start) + 1
                clitic = PROCLITICS.get(line[word:start]) if word else None
            if clitic is None:
                continue
            for form in forms:
                if form.article:
                    if clitic[1]:
                        found.append(Hit(start - 2, last, form))
                elif clitic[0]:
                    found.append(Hit(start, last, form))
        return found


BARE: Final = (True, False)


def _proclitics() -> dict[str, tuple[bool, bool]]:
    """Clitic strings before a key → (may a form without ال follow, may a form with ال follow)."""
    table: dict[str, tuple[bool, bool]] = {}
    for question in ("", "ا"):
        for conjunction in ("", "و", "ف"):
            for preposition in ("", "ب", "ك", "ل"):
                table[question + conjunction + preposition] = BARE
            for with_article in ("ال", "بال", "كال", "لل"):
                table[question + conjunction + with_article] = (False, True)
    return table


PROCLITICS: Final = _proclitics()
LONGEST: Final = max(map(len, PROCLITICS))


def bare(form: str) -> tuple[str, bool]:
    """Return the key of a folded form, which is without ال, and whether it had it."""
    return (form[2:], True) if form.startswith("ال") and len(form) > 3 else (form, False)


def variants(form: str, *, person: bool = False) -> Iterator[str]:
    """Yield the folded matching texts of a form: as it stands, and with the parts of its names joined or parted otherwise."""
    line = arabic.matching_line(arabic.folded(form)).text.strip()
    seen = [line]
    if "عبد ال" in line:
        seen.append(line.replace("عبد ال", "عبدال"))
    for text in list(seen):
        if text.startswith("ابو ") or " ابو " in text:
            seen.append((" " + text).replace(" ابو ", " ابو")[1:])
            seen.append((" " + text).replace(" ابو ", " بو ")[1:])
            seen.append((" " + text).replace(" ابو ", " بو")[1:])
    if person and line.count(" ") == 1 and " ال" in line:
        seen.append(line.replace(" ", ""))
    yield from dict.fromkeys(seen)


def _forms(actor: Actor) -> Iterator[tuple[str, Form]]:
    def form(kind: Kind, **more: Any) -> Form:
        return Form(actor.id, kind, article=False, **more)

    kinds = (
        (Kind.EXCLUDED, actor.excluded),
        (Kind.NAME, actor.names),
        (Kind.PEOPLE, actor.people),
        (Kind.SHORT, actor.short),
        (Kind.METONYM, actor.metonyms),
        (Kind.WEAK, actor.weak),
        (Kind.TITLE, actor.titles),
        (Kind.NATION, actor.nationality.people),
        (Kind.ADJECTIVE, tuple(inflected(actor.nationality.adj))),
    )
    for kind, texts in kinds:
        yield from ((text, form(kind)) for text in texts)
    yield from ((r.form, form(Kind.ROLE, since=r.since, until=r.until)) for r in actor.roles)


def inflected(adjectives: Iterable[str]) -> Iterator[str]:
    """Yield masculine, feminine, dual and plural of adjectives, each without and with ال."""
    for word in adjectives:
        for ending in ("", "ة", "ين", "ون", "ان", "تين"):
            yield word + ending
            yield "ال" + word + ending
