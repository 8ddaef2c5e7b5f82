"""Where one actor's long forms stand in an article, asked about from the beginning on."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, final

from mypy_extensions import mypyc_attr

NEVER: Final = -(1 << 40)
"""Less than any rank."""


@final
@mypyc_attr(acyclic=True)
class Places:
    """Ascending places, at least one once it is asked; `spelled`: whether one of the names there has more than one word.

    The places that `rank` is asked about do not descend from call to call, so that all calls together cost one walk.
    """

    __slots__ = ("_at", "_passed", "spelled")

    def __init__(self) -> None:
        self.spelled = False
        self._at: Final[list[int]] = []
        self._passed = 0

    def add(self, place: int) -> None:
        """Add a place that no other is behind."""
        self._at.append(place)

    def insert(self, place: int) -> None:
        """Add a place, most likely the one that was asked about last."""
        at, i = self._at, self._passed
        if (i and at[i - 1] > place) or (i < len(at) and at[i] <= place):
            i = bisect_right(at, place)
        at.insert(i, place)

    @property
    def first(self) -> int:
        """The first place."""
        return self._at[0]

    def rank(self, place: int) -> int:
        """Return how near the last of the places up to `place` is, the greater the nearer, or else the first after it.

        What stands after a place ranks below all before it, the farther the lower.
        """
        at = self._at
        while self._passed < len(at) and at[self._passed] <= place:
            self._passed += 1
        return at[self._passed - 1] if self._passed else -at[0] - 1
