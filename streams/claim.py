"""Mentions while a field is read, and which of them give way to a longer one."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import mypyc_attr

from streams.who import Who

SWALLOWED: Final = frozenset({"office", "weak", "speaks for"})
"""Rules whose claims a person's title takes in; a body that it calls by its name stays an actor (guideline, ruling 11)."""
UNSURE: Final = frozenset({"weak", "own state", "short", "context"})
"""Rules that give way to an office around them ("خفر السواحل الإيطالي" is no Libyan body)."""


@final
@mypyc_attr(acyclic=True)
class Claim:
    """A mention in the matching text: its span there, whom it means, and the rule that says so.

    `after` is the number of the word that follows it.
    """

    __slots__ = ("after", "end", "rule", "start", "who")

    def __init__(self, start: int, end: int, after: int, who: Who, rule: str) -> None:
        self.start: Final = start
        self.end: Final = end
        self.after: Final = after
        self.who: Final = who
        self.rule: Final = rule

    def precedes(self, other: Claim) -> bool:
        """Return whether the claim comes before another: by place, then actor."""
        if self.start != other.start:
            return self.start < other.start
        if self.end != other.end:
            return self.end < other.end
        return self.who.id < other.who.id


def ordered(claims: list[Claim]) -> list[Claim]:
    """Put claims into their order, in place, and return them; nearly all stand in it already, the others near their place."""
    for i in range(1, len(claims)):
        claim, j = claims[i], i
        if claim.start > claims[i - 1].start:
            continue
        while j and claim.precedes(claims[j - 1]):
            claims[j] = claims[j - 1]
            j -= 1
        claims[j] = claim
    return claims


def drop_from(claims: list[Claim], start: int, holder: Who | None) -> None:
    """Drop of the last `claims` those from `start` on that are only part of what is read: a holder's title, else an office."""
    first = len(claims)
    while first and claims[first - 1].end > start:
        first -= 1
    if first == len(claims):
        return
    later = claims[first:]
    del claims[first:]
    for claim in later:
        part = _is_in_title(claim, holder) if holder else claim.rule in UNSURE
        if claim.start < start or not part:
            claims.append(claim)


def _is_in_title(claim: Claim, holder: Who) -> bool:
    part = (claim.rule == "role" and claim.who.person) or (claim.rule == "people" and claim.who.state)
    return part or claim.rule in SWALLOWED or claim.who is holder.commands
