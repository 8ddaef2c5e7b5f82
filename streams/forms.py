"""What each entry's forms are, under which key they are found, and what a form says. See scan.py for where they stand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final, final

from khabar import arabic
from streams.bounds import holds
from streams.entry import Actor
from streams.who import NOBODY, Who


@final
class Kind:
    """What a form says, the stronger first: of two readings of one span the first that holds is taken."""

    EXCLUDED: Final = 0
    JOINT: Final = 1
    ROLE: Final = 2
    NAME: Final = 3
    PEOPLE: Final = 4
    SHORT: Final = 5
    METONYM: Final = 6
    WEAK: Final = 7
    TITLE: Final = 8
    ADJECTIVE: Final = 9
    NATION: Final = 10
    OWN: Final = 11
    """A force or a government with a pronoun; `actor` says which of the two, as an entry's field (commands, heads)."""


@final
class Form:
    """A form of one actor, under its key. Dates bound it, both included.

    `who` is the actor `actor` as the rules ask for it, NOBODY in a table of other things (signs of a country, loaded words).
    """

    __slots__ = ("actor", "kind", "since", "until", "who")

    def __init__(self, kind: int, actor: str, since: date | None = None, until: date | None = None, *, who: Who = NOBODY) -> None:
        self.kind: Final = kind
        self.actor: Final = actor
        self.since: Final = since
        self.until: Final = until
        self.who: Final = who

    def holds(self, on: date | None) -> bool:
        """Return whether the form means its actor at that date; an unknown date is within all bounds."""
        return holds(self.since, self.until, on)


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


def forms_of(actor: Actor, who: Who = NOBODY) -> Iterator[tuple[str, Form]]:
    """Yield the written forms of one actor, `who` to the rules, each with what it says.

    Titles are anybody's: their form names no actor.
    """
    kinds: tuple[tuple[int, Iterable[str]], ...] = (
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
        yield from ((text, Form(kind, actor.id, who=who)) for text in texts)
    yield from ((text, Form(Kind.TITLE, "")) for text in actor.titles)
    yield from ((r.form, Form(Kind.ROLE, actor.id, r.since, r.until, who=who)) for r in actor.roles)


def inflected(adjectives: Iterable[str]) -> Iterator[str]:
    """Yield masculine, feminine, dual and plural of adjectives, each without and with ال."""
    for word in adjectives:
        for ending in ("", "ة", "ين", "ون", "ان", "تين"):
            yield word + ending
            yield "ال" + word + ending
