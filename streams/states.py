"""A state's name or its capital: does it act here, or is it only a place? All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.scan import Hit
from streams.words import after, before, sort

DATELINE: Final = 40
"""A dateline stands within so many characters of the text's beginning."""
EACH: Final = frozenset({"كل", "وكل", "كلا"})
"""Before من: it joins what follows to the preposition or verb before it ("إلى كل من ...", "قالت كل من ...")."""
OBJECT: Final = 4
"""How many words may lie between a dealing and من or إلى: an object and its adjective, or the one who asks."""
VISITOR: Final = 5
"""A visitor's name and title have so many words at most, with the verb."""
TOWN: Final = 5
"""So many words after a body may lead to the town where it is."""
HEADLINE: Final = 6
"""So many characters at most stand before a name that opens a headline."""


def acts(line: str, hit: Hit, *, home: bool, capital: bool) -> bool:
    """Return whether the name at `hit` stands for a state that acts or is dealt with.

    `home`: the state whose country the news is about (Libya); it is taken for a place unless its neighbours say otherwise,
    any other for an actor unless they say place. `capital`: a metonym, which is a place more often.
    """
    begin, word = before(line, hit.word)
    lead = sort(word)
    if lead.national or (word.isdigit() and len(word) < 4):  # "مواطنا تركيا" is a Turk, and so are "30 تركيا"
        return False
    if lead.place and (home or word not in ("من", "الي")):
        return home and lead.dealing
    if capital and before(line, begin)[1] == "العاصمه":  # "في العاصمة القطرية الدوحة"
        return False
    clitic = "ل" if line.startswith("لل", hit.start) else line[hit.start - 1]
    following = after(line, hit.end)
    if clitic == "ب" or sort(following).place_after or _labels(line, hit, word, following):
        return False
    if home:
        acting = lead.act or (sort(following).act and _is_feminine(following))
        return _dealt_with(line, begin, word) or (acting and clitic != "ل")
    if clitic == "ل":
        return not capital and not lead.visit
    return _abroad(line, begin, word)


def has_verb(line: str, hit: Hit) -> bool:
    """Return whether a verb follows the name at `hit`, so that it begins a sentence rather than goes on with a list."""
    return sort(after(line, hit.end)).act


def in_libya(line: str, hit: Hit) -> bool:
    """Return whether a Libyan town follows the body at `hit` as its place ("وزارة المالية بمنطقة ... في ...")."""
    end = hit.end
    for _ in range(TOWN):
        word = after(line, end)
        said = sort(word)
        if said.town:
            return True
        if not word or word == "." or said.act or (word != "في" and not said.name_like):
            return False
        end += len(word) + 1
    return False


def _is_feminine(verb: str) -> bool:
    """Return whether a verb that stands without "and" can have the name of a country before it as its subject."""
    return verb.startswith(("ت", "ست")) or (verb.endswith("ت") and verb[0] not in "وف")


def _dealt_with(line: str, begin: int, word: str) -> bool:
    if word == "مع":
        return not sort(before(line, begin)[1]).with_after
    if word == "علي":
        return sort(before(line, begin)[1]).on_after
    return sort(word).dealing


def _abroad(line: str, begin: int, word: str) -> bool:
    if word in ("من", "الي"):
        start, earlier = before(line, begin)
        if earlier in EACH:
            return not sort(before(line, start)[1]).place
        return _comes_of_dealing(line, begin, giving=word == "الي")
    earlier = before(line, begin)[1]
    if word in ("مع", "بين"):
        return not sort(earlier).with_after
    if sort(word).place or earlier.endswith("عاصمه"):  # "العاصمة الإيطالية روما" is a city
        return False
    return not _visited(line, begin, word)


def _visited(line: str, position: int, word: str) -> bool:
    """Return whether a visitor's verb and his name stand before a state's ("زار رئيس الحكومة تونس")."""
    for _ in range(VISITOR):
        said = sort(word)
        if said.visit:
            return True
        if not said.name_like:
            return False
        position, word = before(line, position)
    return False


def _comes_of_dealing(line: str, position: int, *, giving: bool) -> bool:
    """Return whether a few words before من or إلى is what one state has from another or gives it ("دعما عسكريا من ...")."""
    for _ in range(OBJECT):
        position, word = before(line, position)
        said = sort(word)
        if said.to_after if giving else said.from_after:
            return True
        if not word or word in ".،":
            return False
    return False


def _labels(line: str, hit: Hit, word: str, following: str) -> bool:
    """Return whether the name only says where the news is from: a headline's topic ("...:"), or a dateline."""
    if following == "،" and hit.word < HEADLINE:
        return True
    if following == "." and (word == "." or (hit.word < HEADLINE and not line[: hit.word].strip(" ."))):
        return True
    return word == "،" and hit.word < DATELINE
