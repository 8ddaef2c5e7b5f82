"""What the words beside a form say against it: another's name, a thing's, a title. All spans are in the matching text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.scan import Hit
from streams.words import after, before, definite, sort

LINEAGE: Final = frozenset({"بن", "ابن", "بنت", "الحاج"})
"""Before a given name that a surname follows."""
CLAUSE: Final = 40
"""So many characters at most lie between a general word and the name that follows and explains it."""
AHEAD: Final = 8
"""So many later forms are looked at for a name that goes on."""


def is_another(line: str, hit: Hit) -> bool:
    """Return whether a person's form means another man or a thing.

    One word after a given name that is in no form of his, or in a line of fathers' names, is another's surname; and a street
    may bear a name.
    """
    if hit.word != hit.start:
        return False
    begin, word = before(line, hit.start)
    said = sort(word)
    if said.named_after:
        return True
    return " " not in line[hit.start : hit.end] and (said.given or before(line, begin)[1] in LINEAGE)


def clause(line: str, hit: Hit) -> int:
    """Return how far a general word may point ahead to what it means, but in a title ("وزارة العدل في الحكومة المؤقتة")."""
    stop = line.find(" . ", hit.end, hit.end + CLAUSE)
    return stop if stop > 0 else hit.end + CLAUSE


def is_a_title(line: str, hit: Hit) -> bool:
    """Return whether a word that can be a title seems to be one: a bare noun follows, most likely a name."""
    word = after(line, hit.end)
    return sort(word).name_like and not definite(word)


def goes_on(hits: Sequence[Hit], number: int) -> bool:
    """Return whether a name goes on where a short form ends ("المشير خليفة" before حفتر), or follows it as a title."""
    hit = hits[number]
    reach = hit.end + 2 if hit.reading.title else hit.end
    for later in hits[number + 1 : number + AHEAD]:
        if later.start >= reach:
            return False
        if later.end > hit.end and (later.reading.names or later.reading.roles):
            return True
    return False


def are_of(line: str, hit: Hit) -> bool:
    """Return whether people called by a general word are said to be of a body ("متشددون من تنظيم ...")."""
    return line.startswith(" من ", hit.end) and sort(after(line, hit.end + 3)).part >= 0
