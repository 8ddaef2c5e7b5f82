"""Mentions while a field is read, and which of them give way to a longer one."""

from __future__ import annotations

from typing import Final, final

from streams.who import Who

SWALLOWED: Final = frozenset({"office", "weak", "speaks for"})
"""Rules whose claims a person's title takes in; a body that it calls by its name stays an actor (guideline, ruling 11)."""
UNSURE: Final = frozenset({"weak", "own state", "short", "context"})
"""Rules that give way to an office around them ("خفر السواحل الإيطالي" is no Libyan body)."""


@final
class Claim:
    """A mention in the matching text: its span there, whom it means, and the rule that says so."""

    __slots__ = ("actor", "end", "rule", "start")

    def __init__(self, start: int, end: int, actor: str, rule: str) -> None:
        self.start: Final = start
        self.end: Final = end
        self.actor: Final = actor
        self.rule: Final = rule


def drop_from(claims: list[Claim], start: int, who: dict[str, Who], holder: Who | None) -> None:
    """Drop of the last `claims` those from `start` on that are only part of what is read: a holder's title, else an office."""
    first = len(claims)
    while first and claims[first - 1].end > start:
        first -= 1
    later = claims[first:]
    del claims[first:]
    for claim in later:
        part = _is_in_title(claim, who[claim.actor], holder) if holder else claim.rule in UNSURE
        if claim.start < start or not part:
            claims.append(claim)


def _is_in_title(claim: Claim, who: Who, holder: Who) -> bool:
    part = (claim.rule == "role" and who.person) or (claim.rule == "people" and who.state)
    return part or claim.rule in SWALLOWED or claim.actor == holder.commands
