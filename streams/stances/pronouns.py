"""Whom a pronoun points at: the last mention before it that fits, in this sentence or those before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streams.stances.item import Item
from streams.stances.syntax import REACH, Scene, fits

HIM: Final = {"اياه": "m", "اياها": "f", "اياهم": "p"}
"""«متهما إياه»."""


def mentions_before(scene: Scene, i: int) -> Iterator[Item]:
    """Yield the mentions before `i`, the nearest first, then those of the sentences before; at most REACH of them."""
    left_over = REACH
    for j in range(i - 1, max(-1, i - 60), -1):
        if scene.items[j].actor:
            yield scene.items[j]
            left_over -= 1
            if not left_over:
                return
    yield from scene.earlier[: -left_over - 1 : -1]


def resolve(scene: Scene, i: int, whom: str, *, but: Item | None = None) -> Item | None:
    """Return the last mention before `i` that a pronoun may point at, other than `but`."""
    for item in mentions_before(scene, i):
        if not item.aside and (but is None or item.actor != but.actor) and fits(whom, item):
            return item
    return None
