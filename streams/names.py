"""What the words beside a form say against it: another's name, a thing's, a title. All spans are in the matching text."""

from __future__ import annotations

from typing import Final

from streams.cut import Cut
from streams.scan import Hit

LINEAGE: Final = frozenset({"بن", "ابن", "بنت", "الحاج"})
"""Before a given name that a surname follows."""
CLAUSE: Final = 40
"""So many characters at most lie between a general word and the name that follows and explains it."""
AHEAD: Final = 8
"""So many later forms are looked at for a name that goes on."""


def is_another(cut: Cut, hit: Hit) -> bool:
    """Return whether a person's form means another man or a thing.

    One word after a given name that is in no form of his, or in a line of fathers' names, is another's surname, and before "بن"
    another's given name; and a street may bear a name.
    """
    if hit.word != hit.start:
        return False
    said = cut.sort(hit.first - 1)
    if said.named_after:
        return True
    single = hit.after == hit.first + 1
    return single and (said.given or cut.word(hit.first - 2) in LINEAGE or cut.word(hit.after) == "بن")


def clause(line: str, hit: Hit) -> int:
    """Return how far a general word may point ahead to what it means, but in a title ("وزارة العدل في الحكومة المؤقتة")."""
    stop = line.find(" . ", hit.end, hit.end + CLAUSE)
    return stop if stop > 0 else hit.end + CLAUSE


def is_a_title(cut: Cut, hit: Hit) -> bool:
    """Return whether a word that can be a title seems to be one: a bare noun follows, most likely a name."""
    return cut.sort(hit.after).name_like and not cut.sort(hit.after).definite


def goes_on(hits: list[Hit], number: int) -> bool:
    """Return whether a name goes on where a short form ends ("المشير خليفة" before حفتر), or follows it as a title."""
    hit = hits[number]
    reach = hit.end + 2 if hit.reading.title else hit.end
    for i in range(number + 1, min(number + AHEAD, len(hits))):
        later = hits[i]
        if later.start >= reach:
            return False
        if later.end > hit.end and (later.reading.names or later.reading.roles):
            return True
    return False


def are_of(cut: Cut, hit: Hit) -> bool:
    """Return whether people called by a general word are said to be of a body ("متشددون من تنظيم ...")."""
    return cut.word(hit.after) == "من" and cut.sort(hit.after + 1).part >= 0
