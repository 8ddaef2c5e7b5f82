"""What one field has spelled out so far, so that a shorter word can be taken for it."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import mypyc_attr

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
        self._new: list[tuple[int, int, Who]] = []
        self._bodies: Final[dict[str, Who]] = {}

    def note(self, start: int, end: int, who: Who) -> None:
        """Take the span of a body's full name."""
        self._new.append((start, end, who))

    def full(self, start: int, end: int) -> Who | None:
        """Return the body that was named last by a name that begins as this span does, whole words long; None for none."""
        for begin, stop, who in self._new:
            name = self._name(begin, stop)
            if name in self._bodies:
                del self._bodies[name]  # the last named is the last again
            self._bodies[name] = who
        self._new.clear()
        said = self._name(start, end)
        for name in reversed(self._bodies):
            if name.startswith(said):
                return self._bodies[name]
        return None

    def _name(self, start: int, end: int) -> str:
        """Return a name that has ال or لل without these two letters, and the space after it."""
        return self._line[start + 2 : end + 1]
