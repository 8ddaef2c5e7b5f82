"""What the rules ask of an actor, as fields that compiled code reads directly, and the actors it is tied to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, final

from streams.bounds import holds
from streams.entry import Actor


@final
class Who:
    """An actor while mentions are decided; see entry.Actor for the fields of the same names. One object stands for one actor."""

    def __init__(self, actor: Actor) -> None:
        self.id: Final = actor.id
        self.person: Final = actor.type == "person"
        self.state: Final = actor.type == "state"
        self.institution: Final = actor.type == "institution"
        self.libyan: Final = actor.libyan
        self.country: Final = actor.country
        self.commands: Who | None = None
        self.heads: Who | None = None
        self.organ = False
        """Whether a state's unnamed organs are this actor at one time or another: its forms are general names."""
        self._voice: Who | None = None
        self._voice_since: Final = actor.speaks_from
        self._voice_until: Final = actor.speaks_to
        self._organs: list[Organ] = []

    def speaks_for(self, on: date | None) -> Who | None:
        """Return the body whose word this actor's is on a day (None: any)."""
        return self._voice if self._voice is not None and holds(self._voice_since, self._voice_until, on) else None

    def holder(self, on: date | None) -> Who | None:
        """Return the actor that the offices of this state stand for on a day (None: any)."""
        if not self._organs:
            return self
        return next((organ.who for organ in self._organs if holds(organ.since, organ.until, on)), None)

    def tie(self, actor: Actor, known: Mapping[str, Who]) -> None:
        """Set the actors that the entry `actor` names by their ids; done once, when all are `known`."""
        self.commands = known.get(actor.commands)
        self.heads = known.get(actor.heads)
        self._voice = known.get(actor.speaks_for)
        for entry in actor.organs:
            organ = Organ(known[entry.actor], entry.since, entry.until)
            organ.who.organ = True
            self._organs.append(organ)


@final
class Organ:
    """Who a state's unnamed organs are between two dates."""

    __slots__ = ("since", "until", "who")

    def __init__(self, who: Who, since: date | None, until: date | None) -> None:
        self.who: Final = who
        self.since: Final = since
        self.until: Final = until


NOBODY: Final = Who(Actor(id="", name_ar="", name_en="", type="group"))


def tied(actors: Mapping[str, Actor]) -> dict[str, Who]:
    """Return all of `actors` by id, tied to one another."""
    known = {i: Who(a) for i, a in actors.items()}
    for i, who in known.items():
        who.tie(actors[i], known)
    return known
