"""Words that belong to a name: titles before a person, parts of a body, organs of a state. All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.cut import Cut, definite
from streams.scan import Hit

REACH: Final = 12
"""How many words a title or a body's part may have."""
LONGEST_OFFICE: Final = 80
"""How many characters an office may have before its adjective."""
CONNECTORS: Final = frozenset({"باسم", "بلسان", "في"})
THINGS: Final = frozenset({"امن", "دفاع", "جانب", "رياسه"})
"""Offices only with an adjective: "الأمن التونسي" is the police, "أمن تونس" is a thing, "رئاسة تونس" a post."""

REPUBLIC: Final = "الجمهوريه"
"""The presidency of a republic that is named in full is an institution."""


def person(cut: Cut, hit: Hit, titles: dict[int, int], bodies: dict[int, int]) -> int:
    """Return where the longest natural name of a person begins: with all titles before it, across one comma at most.

    `titles` and `bodies` say what was read to end at a position and where it begins.
    """
    best = hit.start
    if best != hit.word:
        return best
    number = hit.first
    comma = False
    for _ in range(REACH):
        known = titles.get(cut.starts[number] - 1)
        if known is not None:
            best, number = known, cut.at(known)
            if cut.starts[number] != known:
                break
            continue
        known = bodies.get(cut.starts[number] - 1)
        if known is not None:
            number = cut.at(known)
            continue
        number -= 1
        word = cut.word(number)
        if word == "،" and not comma:
            comma = True
            continue
        said = cut.sort(number)
        if said.title >= 0:
            best = cut.starts[number] + said.title
            if said.title:
                break
        elif not said.modifier and word not in CONNECTORS:
            break
    return best


def body(cut: Cut, hit: Hit) -> int:
    """Return where the longest natural name of a body begins: with its parts and those who speak for it.

    A noun in the construct state has no ال, so the word before the body may have it only across باسم, في or ب.
    """
    best = hit.start
    construct = best == hit.word or cut.line[best - 1] not in "بل"
    for number in range(hit.first - 1, max(hit.first - 1 - REACH, 0), -1):
        word, said = cut.word(number), cut.sort(number)
        if word in CONNECTORS:
            construct = False
        elif construct and definite(word, max(said.part, 0)):
            break
        elif said.part >= 0:
            best = cut.starts[number] + said.part
            construct = not definite(word, said.part)
            if said.part:
                break
        elif not (said.modifier or said.topic):
            break
    return best


def tail(cut: Cut, hit: Hit) -> int:
    """Return where the longest natural name of a body ends: with adjectives that agree with it in having ال."""
    number = hit.after
    if not cut.sort(number).tail:
        return hit.end
    article = definite(cut.line, max(hit.start, cut.starts[number - 1]))
    while cut.sort(number).tail and definite(cut.word(number)) == article:
        number += 1
    return cut.starts[number] - 1


def office(cut: Cut, hit: Hit, *, home: bool, genitive: bool) -> int | None:
    """Return where an office of a state begins whose adjective (or, `genitive`, whose name) the hit is; None for no office."""
    best: int | None = None
    if genitive and definite(cut.word(hit.first - 1)):
        return None
    for number in range(hit.first - 1, 0, -1):
        word, said = cut.word(number), cut.sort(number)
        clitics = said.home_head if home else said.head
        if clitics >= 0 and not (genitive and word[clitics:] in THINGS and not cut.line.startswith(REPUBLIC, hit.start)):
            stands = word.endswith("رياسه") and cut.sort(number - 1).candidacy
            apart = number == hit.first - 1 and word.endswith("ه") and not genitive and _is_one_man(cut.word(hit.after - 1))
            best = None if stands or apart else cut.starts[number] + clitics
            if clitics or stands:
                break
        elif not said.inner or hit.word - cut.starts[number] > LONGEST_OFFICE:
            break
    return best


def _is_one_man(adjective: str) -> bool:
    """Return whether an adjective is masculine singular, so that it is not of a feminine noun ("بقيادة المصري فلان")."""
    return not adjective.endswith(("ه", "ين", "ون", "ان"))


def commanded(cut: Cut, start: int) -> tuple[int, str] | None:
    """Return where "قوات" or "حكومة" before a leader's name begins, and which of the two it is; None for neither."""
    number = cut.at(start) - 1
    if cut.starts[number + 1] != start:
        return None
    word, said = cut.word(number), cut.sort(number)
    for kind, clitics in (("commands", said.force), ("heads", said.government)):
        if clitics >= 0 and not definite(word, clitics):
            return cut.starts[number] + clitics, kind
    return None
