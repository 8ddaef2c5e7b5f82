"""What the rules ask of an actor, as fields that compiled code reads directly."""

from __future__ import annotations

from typing import Final, final

from streams.entry import Actor


@final
class Who:
    """An actor while mentions are decided; see entry.Actor for the fields of the same names."""

    def __init__(self, actor: Actor) -> None:
        self.id: Final = actor.id
        self.person: Final = actor.type == "person"
        self.state: Final = actor.type == "state"
        self.institution: Final = actor.type == "institution"
        self.libyan: Final = actor.libyan
        self.country: Final = actor.country
        self.commands: Final = actor.commands
        self.heads: Final = actor.heads
        self.speaks_for: Final = actor.speaks_for
        self.speaks_from: Final = actor.speaks_from
        self.speaks_to: Final = actor.speaks_to


NOBODY: Final = Who(Actor(id="", name_ar="", name_en="", type="group"))
