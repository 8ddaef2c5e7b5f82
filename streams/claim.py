"""A mention while a field is read."""

from __future__ import annotations

from typing import Final, final


@final
class Claim:
    """A mention in the matching text: its span there, whom it means, and the rule that says so."""

    __slots__ = ("actor", "end", "rule", "start")

    def __init__(self, start: int, end: int, actor: str, rule: str) -> None:
        self.start: Final = start
        self.end: Final = end
        self.actor: Final = actor
        self.rule: Final = rule
