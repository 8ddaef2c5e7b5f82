"""Words that belong to a name: titles before a person, parts of a body, organs of a state. All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.scan import Hit
from streams.words import after, before, definite, sort

REACH: Final = 12
"""How many words a title or a body's part may have."""
LONGEST_OFFICE: Final = 80
"""How many characters an office may have before its adjective."""
CONNECTORS: Final = frozenset({"باسم", "بلسان", "في"})
THINGS: Final = frozenset({"امن", "دفاع", "جانب", "رياسه"})
"""Offices only with an adjective: "الأمن التونسي" is the police, "أمن تونس" is a thing, "رئاسة تونس" a post."""

REPUBLIC: Final = "الجمهوريه"
"""The presidency of a republic that is named in full is an institution."""


def person(line: str, hit: Hit, titles: dict[int, int], bodies: dict[int, int]) -> int:
    """Return where the longest natural name of a person begins: with all titles before it, across one comma at most.

    `titles` and `bodies` say what was read to end at a position and where it begins.
    """
    if line[hit.start - 1] != " ":
        return hit.start
    best = position = hit.start
    comma = False
    for _ in range(REACH):
        known = titles.get(position - 1)
        if known is not None:
            best = position = known
            if line[position - 1] != " ":
                break
            continue
        known = bodies.get(position - 1)
        if known is not None:
            position = line.rfind(" ", 0, known) + 1
            continue
        start, word = before(line, position)
        if word == "،" and not comma:
            comma, position = True, start
            continue
        said = sort(word)
        if said.title >= 0:
            best = start + said.title
            if said.title:
                break
        elif not said.modifier and word not in CONNECTORS:
            break
        position = start
    return best


def body(line: str, hit: Hit) -> int:
    """Return where the longest natural name of a body begins: with its parts and those who speak for it.

    A noun in the construct state has no ال, so the word before the body may have it only across باسم, في or ب.
    """
    best, position = hit.start, hit.word
    construct = line[hit.word : hit.start][-1:] not in ("ب", "ل")
    for _ in range(REACH):
        start, word = before(line, position)
        said = sort(word)
        if word in CONNECTORS:
            construct = False
        elif construct and definite(word, max(said.part, 0)):
            break
        elif said.part >= 0:
            best = start + said.part
            construct = not definite(word, said.part)
            if said.part:
                break
        elif not (said.modifier or said.topic):
            break
        position = start
    return best


def tail(line: str, hit: Hit) -> int:
    """Return where the longest natural name of a body ends: with adjectives that agree with it in having ال."""
    end = hit.end
    word = after(line, end)
    if not sort(word).tail:
        return end
    last = line.rfind(" ", hit.start, end) + 1 or hit.start
    while sort(word).tail and definite(word) == definite(line[last:end]):
        end += len(word) + 1
        word = after(line, end)
    return end


def office(line: str, hit: Hit, *, home: bool, genitive: bool) -> int | None:
    """Return where an office of a state begins whose adjective (or, `genitive`, whose name) the hit is; None for no office."""
    best: int | None = None
    position = hit.word
    while True:
        start, word = before(line, position)
        if genitive and position == hit.word and definite(word):
            return None
        said = sort(word)
        cut = said.home_head if home else said.head
        if cut >= 0 and not (genitive and word[cut:] in THINGS and not line.startswith(REPUBLIC, hit.start)):
            best = None if word.endswith("رياسه") and sort(before(line, start)[1]).candidacy else start + cut
            if cut or best is None:
                break
        elif not said.inner or hit.word - start > LONGEST_OFFICE:
            break
        position = start
    return best


def commanded(line: str, start: int) -> tuple[int, str] | None:
    """Return where "قوات" or "حكومة" before a leader's name begins, and which of the two it is; None for neither."""
    begin, word = before(line, start)
    said = sort(word)
    for kind, cut in (("commands", said.force), ("heads", said.government)):
        if cut >= 0 and not definite(word, cut):
            return begin + cut, kind
    return None
