"""Persons without an entry who speak for a body: introduced with their office, then called by their name alone.

"المتحدث باسم ... فلان الفلاني" makes a name of what follows only where the article comes back to it ("وأضاف الفلاني"), so
no list of names is needed and a verb is not taken for one. Such a person counts as the body (guideline, ruling 8).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

from streams.claim import Claim
from streams.words import Words, after, before, stem_in

LONGEST_NAME: Final = 4
MOST: Final = 30
"""More speakers than this in one field are not followed up, so that no text costs more than its length."""


def named(line: str, claims: Sequence[Claim], words: Words) -> list[Claim]:
    """Return the mentions by name of those whom `claims` introduce by office."""
    found: list[Claim] = []
    seen: set[str] = set()
    taken = {c.start for c in claims}
    for claim in claims:
        if len(seen) >= MOST or not _is_holder(line, claim, words):
            continue
        name = list(_name(line, claim.end, words))
        for given, surname in itertools.pairwise(name):
            if surname not in seen and len(surname) > 2:
                seen.add(surname)
                found += [c for c in _returns(line, given, surname, claim, words) if c.start not in taken]
    return found


def _is_holder(line: str, claim: Claim, words: Words) -> bool:
    stop = line.find(" ", claim.start)
    return stop < claim.end and stem_in(words.holders, line[claim.start : stop]) >= 0


def _name(line: str, end: int, words: Words) -> Iterator[str]:
    """Yield the words after an office that may be a name, without rank before it."""
    count = 0
    word = after(line, end)
    if word == "،":
        end += 2
        word = after(line, end)
    while word and count < LONGEST_NAME and word not in words.function and word[0] not in ".،":
        if count or stem_in(words.titles, word) < 0:
            if words.is_act(word):
                return
            count += 1
            yield word
        end += len(word) + 1
        word = after(line, end)


def _returns(line: str, given: str, surname: str, claim: Claim, words: Words) -> Iterator[Claim]:
    """Yield the places after the introduction where the name comes back: after a verb of saying, or in full."""
    position = line.find(f" {surname} ", claim.end)
    while position > 0:
        start, end = position + 1, position + 1 + len(surname)
        lead, word = before(line, start)
        if word == given:
            start = lead
            word = before(line, start)[1]
        if words.is_act(word) or stem_in(words.titles, word) >= 0:
            yield Claim(start, end, claim.actor, "speaker")
        position = line.find(f" {surname} ", end)
