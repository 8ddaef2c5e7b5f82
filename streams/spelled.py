"""What one field has spelled out so far, so that a shorter word can be taken for it."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import mypyc_attr

from streams.beginning import Beginning
from streams.claim import Claim
from streams.who import Who


@final
@mypyc_attr(acyclic=True)
class Spelled:
    """Bodies by their full names in a matching text, and surnames of men who are nobody here.

    Names are made of the text only when one is asked for, and each once.
    """

    def __init__(self, line: str) -> None:
        self.surnames: Final[set[str]] = set()
        self._line: Final = line
        self._beginnings: Final[list[Beginning]] = []
        self._claims: Final[list[Claim]] = []
        self._bodies: Final[dict[str, Who]] = {}

    def note(self, beginning: Beginning, claim: Claim) -> None:
        """Take the mention of a body whose full name begins where it is told and ends with the mention."""
        self._beginnings.append(beginning)
        self._claims.append(claim)

    def full(self, start: int, end: int) -> Who | None:
        """Return the body that was named last by a name that begins as this span does, whole words long; None for none."""
        bodies = self._bodies
        for i, claim in enumerate(self._claims):
            name = self._name(self._beginnings[i].start, claim.end)
            if name in bodies:
                del bodies[name]  # the last named is the last again
            bodies[name] = claim.who
        self._beginnings.clear()
        self._claims.clear()
        said = self._name(start, end)
        for name in reversed(bodies):
            if name.startswith(said):
                return bodies[name]
        return None

    def _name(self, start: int, end: int) -> str:
        """Return a name that has ال or لل without these two letters, and the space after it."""
        return self._line[start + 2 : end + 1]
