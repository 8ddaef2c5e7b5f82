"""Persons without an entry who speak for a body: introduced with their office, then called by their name alone.

"المتحدث باسم ... فلان الفلاني" makes a name of what follows only where the article comes back to it ("وأضاف الفلاني"), so
no list of names is needed and a verb is not taken for one. Such a person counts as the body (guideline, ruling 8).
"""

from __future__ import annotations

from bisect import insort
from typing import Final

from streams.claim import Claim
from streams.cut import Cut, sort

LONGEST_NAME: Final = 4
COMPOUND: Final = frozenset({"عبد", "ابو", "بن"})
"""Halves of a name that say nothing alone."""
MOST: Final = 30
"""More speakers than this in one field are not followed up, so that no text costs more than its length."""


def followed(cut: Cut, claims: list[Claim], introductions: list[Claim]) -> list[Claim]:
    """Add to the ordered `claims` the mentions by name of those whom `introductions` introduce, and return them.

    Introductions are offices that one person holds. No new mention ends where another does.
    """
    found: list[Claim] = []
    seen: set[str] = set()
    for claim in introductions:
        if len(seen) >= MOST:
            break
        name = _name(cut, claim.after)
        for i in range(1, len(name)):
            if name[i] not in seen and len(name[i]) > 2:
                seen.add(name[i])
                found += _returns(cut, name[i - 1], name[i], claim)
    if found:
        taken = {claim.end for claim in claims}
        for claim in found:
            if claim.end not in taken:
                insort(claims, claim, key=_order)
    return claims


def _order(claim: Claim) -> tuple[int, int, str]:
    """Return what puts claims into the order of Claim.precedes."""
    return claim.start, claim.end, claim.who.id


def _name(cut: Cut, number: int) -> list[str]:
    """Return the words from `number` on, after an office, that may be a name, without rank before it."""
    names: list[str] = []
    if cut.word(number) == "،":
        number += 1
    while len(names) < LONGEST_NAME and cut.sort(number).name_like:
        word = cut.word(number)
        if word in COMPOUND:
            number += 1
            word += " " + cut.word(number)
        if names or sort(word).title < 0:
            names.append(word)
        number += 1
    return names


def _returns(cut: Cut, given: str, surname: str, claim: Claim) -> list[Claim]:
    """Return the places after the introduction where the name comes back after a verb of saying or a title."""
    found: list[Claim] = []
    called = f" {surname} "
    number, at = claim.after, claim.end + 1  # a word, and where it begins
    start = cut.line.find(called, claim.end) + 1
    while start > 0:
        number, at = number + cut.line.count(" ", at, start), start
        end = start + len(surname)
        before = number - 1
        if cut.word(before) == given:
            before -= 1
            start -= len(given) + 1
        said = cut.sort(before)
        if said.act or said.title >= 0:
            found.append(Claim(start, end, number + 1 + surname.count(" "), claim.who, "speaker"))
        start = cut.line.find(called, end) + 1
    return found
