"""What a sentence is a row of: a mention of an actor, a word with its readings, or a mark."""

from __future__ import annotations

from typing import Final, final

from streams.stances.lexicon import Reading

_NONE: Final[frozenset[str]] = frozenset()


@final
class Item:
    """A mention (`actor` set), a word (readings, classes) or a mark (neither)."""

    actor = ""
    kind = "word"
    mark = False
    readings: tuple[Reading, ...] = ()
    classes: frozenset[str] = _NONE
    roles: frozenset[str] = _NONE
    prep = ""
    conj = False
    gender = ""
    plural = False
    person = False
    body = ""
    """The id of the body that this person commands or heads."""
    aside = False
    """Named only in what describes another: «حكومة أ المدعومة من ب», «أ التي تدعمها ب»."""
    member_of = ""
    """The id of the body whose member this person is."""
    land = ""
    """The id of the state or body of states that this person speaks for: «بلاده»."""
    outsider = False
    """A foreign state or a body of states."""
    force = False
    """An armed body or a state."""
    thing = False
    nation = False
    """A state named by its adjective: «التدخل التركي»."""
    led: Item | None = None
    """The person who leads this body, merged into it."""
    inner: Item | None = None
    """The body in this person's title, merged into him."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end

    def __repr__(self) -> str:
        return f"<{self.actor or self.text}{' ' + self.prep if self.prep else ''}>"

    def has(self, name: str) -> bool:
        """Return whether the word is of a closed class."""
        return name in self.classes
