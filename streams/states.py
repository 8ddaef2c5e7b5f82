"""A state's name or its capital: does it act here, or is it only a place? All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.cut import Cut
from streams.scan import Hit

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


def acts(cut: Cut, hit: Hit, *, home: bool, capital: bool) -> bool:
    """Return whether the name at `hit` stands for a state that acts or is dealt with.

    `home`: the state whose country the news is about (Libya); it is taken for a place unless its neighbours say otherwise,
    any other for an actor unless they say place. `capital`: a metonym, which is a place more often.
    """
    number = hit.first - 1
    word, lead = cut.word(number), cut.sort(number)
    if lead.national or (word.isdigit() and len(word) < 4):  # "مواطنا تركيا" is a Turk, and so are "30 تركيا"
        return False
    if lead.place and (home or word not in ("من", "الي")):
        return home and lead.dealing
    if capital and cut.word(number - 1) == "العاصمه":  # "في العاصمة القطرية الدوحة"
        return False
    clitic = "ل" if cut.line[hit.start : hit.start + 2] == "لل" else cut.line[hit.start - 1]
    following = cut.sort(hit.after)
    if clitic in ("ب", "ك") or following.place_after or _labels(cut, hit):
        return False
    if home:
        acting = lead.act or (following.act and _is_feminine(cut.word(hit.after)))
        return _dealt_with(cut, number) or (acting and clitic != "ل")
    if clitic == "ل":
        return not capital and not lead.visit
    return _abroad(cut, number)


def has_verb(cut: Cut, hit: Hit) -> bool:
    """Return whether a verb follows the name at `hit`, so that it begins a sentence rather than goes on with a list."""
    return cut.sort(hit.after).act


def in_libya(cut: Cut, hit: Hit) -> bool:
    """Return whether a Libyan town follows the body at `hit` as its place ("وزارة المالية بمنطقة ... في ...")."""
    for number in range(hit.after, hit.after + TOWN):
        word, said = cut.word(number), cut.sort(number)
        if said.town:
            return True
        if not word or word == "." or said.act or (word != "في" and not said.name_like):
            return False
    return False


def _is_feminine(verb: str) -> bool:
    """Return whether a verb that stands without "and" can have the name of a country before it as its subject."""
    return verb.startswith(("ت", "ست")) or (verb.endswith("ت") and verb[0] not in "وف")


def _dealt_with(cut: Cut, number: int) -> bool:
    word = cut.word(number)
    if word == "مع":
        return not cut.sort(number - 1).with_after
    if word == "علي":
        return cut.sort(number - 1).on_after
    return cut.sort(number).dealing


def _abroad(cut: Cut, number: int) -> bool:
    word, earlier = cut.word(number), cut.word(number - 1)
    if word in ("من", "الي"):
        if earlier in EACH:
            return not cut.sort(number - 2).place
        return _comes_of_dealing(cut, number, giving=word == "الي")
    if word in ("مع", "بين"):
        return not cut.sort(number - 1).with_after
    if cut.sort(number).place or earlier.endswith("عاصمه"):  # "العاصمة الإيطالية روما" is a city
        return False
    return not _visited(cut, number)


def _visited(cut: Cut, number: int) -> bool:
    """Return whether a visitor's verb and his name stand before a state's ("زار رئيس الحكومة تونس")."""
    for i in range(number, number - VISITOR, -1):
        said = cut.sort(i)
        if said.visit:
            return True
        if not said.name_like:
            return False
    return False


def _comes_of_dealing(cut: Cut, number: int, *, giving: bool) -> bool:
    """Return whether a few words before من or إلى is what one state has from another or gives it ("دعما عسكريا من ...")."""
    for i in range(number - 1, number - 1 - OBJECT, -1):
        said = cut.sort(i)
        if said.to_after if giving else said.from_after:
            return True
        if cut.word(i) in ("", ".", "،"):
            return False
    return False


def _labels(cut: Cut, hit: Hit) -> bool:
    """Return whether the name only says where the news is from: a headline's topic ("...:"), or a dateline."""
    word, following = cut.word(hit.first - 1), cut.word(hit.after)
    if following == "،" and hit.word < HEADLINE:
        return True
    if following == "." and (word == "." or (hit.word < HEADLINE and not cut.line[: hit.word].strip(" ."))):
        return True
    return word == "،" and hit.word < DATELINE
