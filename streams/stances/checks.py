"""What a claim must meet to become a stance, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping

from streams.entry import Actor
from streams.stances.frames import Claim, Outcome, Refused
from streams.stances.syntax import Scene


def checked(outcome: Outcome, actors: Mapping[str, Actor]) -> Outcome:
    """Return the outcome, or its refusal where a body would oppose its own head or part."""
    if isinstance(outcome, Refused) or outcome.act.polarity == "support":
        return outcome
    if related(outcome.holder.actor, outcome.target.actor, actors):
        return Refused(outcome.act, outcome.cue, outcome.rule, "holder and target belong together")
    return outcome


def related(a: str, b: str, actors: Mapping[str, Actor]) -> bool:
    """Return whether one of the two leads, belongs to or speaks for the other."""
    return any(
        two in (actors[one].member_of, actors[one].speaks_for, actors[one].commands, actors[one].heads)
        for one, two in ((a, b), (b, a))
    )


def confidence(claim: Claim, scene: Scene) -> float:
    """Return how sure the claim is, from 0 to 1."""
    del scene
    return 0.5 if claim.rule else 0.0
