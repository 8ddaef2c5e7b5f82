"""A state's name or its capital: does it act here, or is it only a place? All spans are in the matching text."""

from __future__ import annotations

from streams.forms import Hit
from streams.words import Words, after, before, stem_in


def acts(line: str, hit: Hit, words: Words, *, home: bool, capital: bool) -> bool:
    """Return whether the name at `hit` stands for a state that acts or is dealt with.

    `home`: the state whose country the news is about (Libya); it is taken for a place unless its neighbours say otherwise,
    any other for an actor unless they say place. `capital`: a metonym, which is a place more often.
    """
    clitics = "ل" if line.startswith("لل", hit.start) else line[hit.word : hit.start]
    begin, word = before(line, hit.word)
    following = after(line, hit.end)
    if following in words.place_after or clitics.endswith("ب") or _labels(line, hit, word, following):
        return False
    if home:
        acting = (following in words.acts and not _is_place(word, words)) or words.is_act(word)
        return _dealt_with(line, begin, word, words) or (acting and not clitics.endswith("ل"))
    if clitics.endswith("ل"):
        return not capital
    return _abroad(line, begin, word, words)


def _dealt_with(line: str, begin: int, word: str, words: Words) -> bool:
    if word == "مع":
        return stem_in(words.with_after, before(line, begin)[1]) < 0
    if word == "علي":
        return stem_in(words.on_after, before(line, begin)[1]) >= 0
    return stem_in(words.dealings, word) >= 0


def _abroad(line: str, begin: int, word: str, words: Words) -> bool:
    if word in ("من", "الي"):
        return stem_in(words.from_after, before(line, begin)[1]) >= 0
    if word == "مع":
        return stem_in(words.with_after, before(line, begin)[1]) < 0
    return not _is_place(word, words)


def _is_place(word: str, words: Words) -> bool:
    return stem_in(words.place_before, word) >= 0


def _labels(line: str, hit: Hit, word: str, following: str) -> bool:
    """Return whether the name only says where the news is from: a headline's topic ("...:"), or a dateline."""
    if following == "." and (word == "." or not line[: hit.word].strip(" .")):
        return True
    return word == "،" and hit.word < DATELINE


DATELINE = 40
"""A dateline stands within so many characters of the text's beginning."""
