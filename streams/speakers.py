"""Persons without an entry who speak for a body: introduced with their office, then called by their name alone.

"المتحدث باسم ... فلان الفلاني" makes a name of what follows only where the article comes back to it ("وأضاف الفلاني"), so
no list of names is needed and a verb is not taken for one. Such a person counts as the body (guideline, ruling 8).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from streams.claim import Claim
from streams.words import after, before, sort

LONGEST_NAME: Final = 4
COMPOUND: Final = frozenset({"عبد", "ابو", "بن"})
"""Halves of a name that say nothing alone."""
MOST: Final = 30
"""More speakers than this in one field are not followed up, so that no text costs more than its length."""


def named(line: str, offices: Sequence[Claim], taken: set[int]) -> list[Claim]:
    """Return the mentions by name of those whom `offices` introduce; none that ends where another mention does."""
    found: list[Claim] = []
    seen: set[str] = set()
    for claim in offices:
        if len(seen) >= MOST or not _is_holder(line, claim):
            continue
        for given, surname in itertools.pairwise(_name(line, claim.end)):
            if surname not in seen and len(surname) > 2:
                seen.add(surname)
                found += [c for c in _returns(line, given, surname, claim) if c.end not in taken]
    return found


def _is_holder(line: str, claim: Claim) -> bool:
    stop = line.find(" ", claim.start)
    return stop < claim.end and sort(line[claim.start : stop]).holder


def _name(line: str, end: int) -> Iterator[str]:
    """Yield the words after an office that may be a name, without rank before it."""
    count = 0
    word = after(line, end)
    if word == "،":
        end += 2
        word = after(line, end)
    while count < LONGEST_NAME and sort(word).name_like:
        if word in COMPOUND:
            word += " " + after(line, end + len(word) + 1)
        if count or sort(word).title < 0:
            count += 1
            yield word
        end += len(word) + 1
        word = after(line, end)


def _returns(line: str, given: str, surname: str, claim: Claim) -> Iterator[Claim]:
    """Yield the places after the introduction where the name comes back after a verb of saying or a title."""
    position = line.find(f" {surname} ", claim.end)
    while position > 0:
        start, end = position + 1, position + 1 + len(surname)
        lead, word = before(line, start)
        if word == given:
            start = lead
            word = before(line, start)[1]
        if sort(word).act or sort(word).title >= 0:
            yield Claim(start, end, claim.actor, "speaker")
        position = line.find(f" {surname} ", end)
