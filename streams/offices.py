"""Words that belong to a name: titles before a person, parts of a body, organs of a state. All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.forms import Hit
from streams.words import Words, before, stem_in

REACH: Final = 12
"""How many words a title or an office may have."""


class Left(dict[int, int]):
    """What ends at a position (its key) and where that begins: titles, bodies, offices already read."""


def person(line: str, hit: Hit, titles: Left, bodies: Left, words: Words) -> int:
    """Return where the longest natural name of a person begins: with all titles before it, across one comma at most."""
    if line[hit.start - 1] != " ":
        return hit.start
    best = position = hit.start
    comma = False
    for _ in range(REACH):
        if position - 1 in titles:
            best = position = titles[position - 1]
            if line[position - 1] != " ":
                break
            continue
        if position - 1 in bodies:
            position = bodies[position - 1]
            if line[position - 1] != " ":
                position = line.rfind(" ", 0, position) + 1
            continue
        start, word = before(line, position)
        if word == "،" and not comma:
            comma, position = True, start
            continue
        cut = stem_in(words.titles, word)
        if cut >= 0:
            best = start + cut
            if cut:
                break
        elif stem_in(words.modifiers, word) < 0:
            break
        position = start
    return best


def body(line: str, hit: Hit, words: Words) -> int:
    """Return where the longest natural name of a body begins: with its parts and those who speak for it.

    A noun in the construct state has no ال, so the word before the body may have it only across باسم, في or ب.
    """
    best, position = hit.start, hit.word
    construct = line[hit.word : hit.start][-1:] not in ("ب", "ل")
    for _ in range(REACH):
        start, word = before(line, position)
        cut = stem_in(words.parts, word)
        if word in CONNECTORS:
            construct = False
        elif construct and definite(word, max(cut, 0)):
            break
        elif cut >= 0:
            best = start + cut
            construct = not definite(word, cut)
            if cut:
                break
        elif stem_in(words.modifiers, word) < 0 and stem_in(words.topics, word) < 0:
            break
        position = start
    return best


def definite(word: str, cut: int) -> bool:
    """Return whether a word without its first `cut` letters, which are clitics, has the article."""
    return word.startswith(("ال", "لل"), cut)


CONNECTORS: Final = frozenset({"باسم", "بلسان", "في"})


THINGS: Final = frozenset({"امن", "دفاع", "جانب"})
"""Offices only with an adjective: "الأمن التونسي" is the police, "أمن تونس" is a thing."""


def office(line: str, hit: Hit, words: Words, *, heads: frozenset[str], genitive: bool) -> int | None:
    """Return where an office of a state begins whose adjective (or, `genitive`, whose name) the hit is; None for no office.

    An office is one of `heads` with what may stand between it and the hit.
    """
    best: int | None = None
    position = hit.word
    for step in range(REACH):
        start, word = before(line, position)
        if genitive and not step and definite(word, 0):
            return None
        cut = stem_in(heads, word)
        if cut >= 0 and not (genitive and word[cut:] in THINGS):
            best = start + cut
            if cut:
                break
        elif stem_in(words.inner, word) < 0:
            break
        position = start
    return best


def commanded(line: str, start: int, words: Words) -> tuple[int, str] | None:
    """Return where "قوات" or "حكومة" before a leader's name begins, and which of the two it is; None for neither."""
    begin, word = before(line, start)
    for kind, group in (("commands", words.forces), ("heads", words.governments)):
        cut = stem_in(group, word)
        if cut >= 0 and not definite(word, cut):
            return begin + cut, kind
    return None
