"""What a claim must meet to become a stance, and how sure it is."""

from __future__ import annotations

from typing import Final

from streams.entry import Actor
from streams.stances.frames import Claim, Outcome, Refused
from streams.stances.item import Item
from streams.stances.syntax import Scene

FAR: Final = 50
"""About eight words, in characters."""

FOR_OTHERS: Final = frozenset(("ally", "defend", "praise", "thank"))
"""Acts of support that say nothing of one's own: a body is no ally of its head, a president defends and praises his state."""
SPOKEN: Final = frozenset(("misdeed", "first-person"))
"""Rules whose holder is the speaker, who may stand as far away as he likes."""


def checked(outcome: Outcome, actors: dict[str, Actor]) -> Outcome:
    """Return the outcome, or its refusal where one would oppose, or be an ally of, his own head, body or part."""
    if isinstance(outcome, Claim) and (_former(outcome.holder) or _former(outcome.target)):
        return Refused(outcome.act, outcome.cue, outcome.rule, "a former member is not the body")
    if isinstance(outcome, Refused) or (outcome.act.polarity == "support" and outcome.act.id not in FOR_OTHERS):
        return outcome
    if related(outcome.holder.actor, outcome.target.actor, actors):
        return Refused(outcome.act, outcome.cue, outcome.rule, "holder and target belong together")
    return outcome


FORMER: Final = frozenset(("السابق", "السابقه", "السابقين", "سابق", "سابقا", "الاسبق", "المنشق"))


def _former(item: Item) -> bool:
    """Return whether the mention names a body by who was of it: «القيادي السابق في ب»."""
    return not item.person and not FORMER.isdisjoint(item.text.split()[:4])


def related(a: str, b: str, actors: dict[str, Actor]) -> bool:
    """Return whether one of the two leads, belongs to or speaks for the other."""
    for one, two in ((a, b), (b, a)):
        actor = actors.get(one)
        if actor is not None and two in (actor.member_of, actor.speaks_for, actor.commands, actor.heads):
            return True
    return False


def confidence(claim: Claim, scene: Scene) -> float:
    """Return how sure the claim is, from 0 to 1: its rule's share of right claims, less what makes this reading weaker."""
    table = scene.lexicon.confidence
    parties = (claim.holder, claim.target)
    near = (claim.target,) if claim.rule in SPOKEN else parties
    sure = table.confidence[claim.rule]
    sure -= table.less["pronoun"] * any(any(x is party for x in scene.earlier) for party in parties)
    sure -= table.less["far"] * any(_distance(scene.items[claim.cue], party) > FAR for party in near)
    sure -= table.less["nation"] * any(party.nation for party in parties)
    return round(max(sure, 0.0), 2)


def _distance(cue: Item, party: Item) -> int:
    """Return how many characters of folded text lie between the cue and a mention."""
    return max(cue.start - party.end, party.start - cue.end)
