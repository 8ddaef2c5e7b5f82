"""Words that belong to a name: titles before a person, parts of a body, organs of a state. All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.beginning import Beginning
from streams.cut import CONNECTORS, Cut, definite, sort
from streams.scan import Hit

REACH: Final = 12
"""How many words a title or a body's part may have."""
LONGEST_OFFICE: Final = 80
"""How many characters an office may have before its adjective."""
THINGS: Final = frozenset({"امن", "دفاع", "جانب", "رياسه"})
"""Offices only with an adjective: "الأمن التونسي" is the police, "أمن تونس" is a thing, "رئاسة تونس" a post."""

REPUBLIC: Final = "الجمهوريه"
"""The presidency of a republic that is named in full is an institution."""


def person(cut: Cut, hit: Hit, titles: list[Beginning | None], bodies: list[Beginning | None]) -> Beginning | None:
    """Return where the longest natural name of a person begins: with all titles before it, across one comma at most.

    `titles` and `bodies` say of what was read where it begins, by the number of the word after it. None: it begins at `hit`.
    """
    if hit.start != hit.word:
        return None
    best: Beginning | None = None
    number, begin = hit.first, hit.word
    comma = False
    for _ in range(REACH):
        known = titles[number]
        if known is not None:
            best, number, begin = known, known.first, known.word
            if begin != known.start:
                break
            continue
        known = bodies[number]
        if known is not None:
            number, begin = known.first, known.word
            continue
        number -= 1
        said = cut.sort(number)
        if not said.joins:
            break
        word = cut.word(number)
        begin -= len(word) + 1
        if said.title >= 0:
            best = Beginning(begin + said.title, number, begin)
            if said.title:
                break
        elif word == "،" and not comma:
            comma = True
        elif not said.modifier and word not in CONNECTORS:
            break
    return best


def body(cut: Cut, hit: Hit) -> Beginning | None:
    """Return where the longest natural name of a body begins: with its parts and those who speak for it. None: at `hit`.

    A noun in the construct state has no ال, so the word before the body may have it only across باسم, في or ب.
    """
    best: Beginning | None = None
    number, begin = hit.first, hit.word
    construct = hit.start == begin or cut.line[hit.start - 1] not in "بل"
    for _ in range(min(REACH, number - 1)):
        number -= 1
        said = cut.sort(number)
        if not said.joins:
            break
        word = cut.word(number)
        begin -= len(word) + 1
        if word in CONNECTORS:
            construct = False
        elif (said.part < 0 and not (said.modifier or said.topic)) or (construct and definite(word, max(said.part, 0))):
            break
        elif said.part >= 0:
            best = Beginning(begin + said.part, number, begin)
            construct = not definite(word, said.part)
            if said.part:
                break
    return best


def tail(cut: Cut, hit: Hit) -> tuple[int, int]:
    """Return where the longest name of a body ends, with adjectives that have ال where it has, and the next word's number."""
    end, number = hit.end, hit.after
    if cut.sort(number).tail:
        article = definite(cut.word(number - 1), hit.start - hit.word if number == hit.first + 1 else 0)
        while cut.sort(number).tail and cut.sort(number).definite == article:
            end += len(cut.word(number)) + 1
            number += 1
    return end, number


def office(cut: Cut, hit: Hit, *, home: bool, genitive: bool) -> Beginning | None:
    """Return where an office of a state begins whose adjective (or, `genitive`, whose name) the hit is; None for no office."""
    best: Beginning | None = None
    number, begin = hit.first, hit.word
    if genitive and cut.sort(number - 1).definite:
        return None
    while number > 1:
        number -= 1
        word, said = cut.word(number), cut.sort(number)
        begin -= len(word) + 1
        clitics = said.home_head if home else said.head
        if clitics >= 0 and not (genitive and word[clitics:] in THINGS and not cut.line.startswith(REPUBLIC, hit.start)):
            stands = word.endswith("رياسه") and cut.sort(number - 1).candidacy
            apart = number == hit.first - 1 and word.endswith("ه") and not genitive and _is_one_man(cut.word(hit.after - 1))
            best = None if stands or apart else Beginning(begin + clitics, number, begin)
            if clitics or stands:
                break
        elif not said.inner or hit.word - begin > LONGEST_OFFICE:
            break
    return best


def _is_one_man(adjective: str) -> bool:
    """Return whether an adjective is masculine singular, so that it is not of a feminine noun ("بقيادة المصري فلان")."""
    return not adjective.endswith(("ه", "ين", "ون", "ان"))


def is_held(cut: Cut, beginning: Beginning) -> bool:
    """Return whether what begins here is an office that one person holds, so that it may be his title."""
    clitics = beginning.start - beginning.word
    said = sort(cut.word(beginning.first)[clitics:]) if clitics else cut.sort(beginning.first)
    return said.holder


def commanded(cut: Cut, beginning: Beginning) -> tuple[int, str]:
    """Return where "قوات" or "حكومة" before a leader's name begins, and which of the two it is; (-1, "") for neither."""
    if beginning.start == beginning.word:
        word, said = cut.word(beginning.first - 1), cut.sort(beginning.first - 1)
        at = beginning.word - len(word) - 1
        if said.force >= 0 and not definite(word, said.force):
            return at + said.force, "commands"
        if said.government >= 0 and not definite(word, said.government):
            return at + said.government, "heads"
    return -1, ""
