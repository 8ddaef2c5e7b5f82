"""Forces named by a pronoun: «قواته», «قواتنا» are the body that the last actor, or the speaker, commands or is."""

from __future__ import annotations

from typing import Final

from streams.entry import Actor
from streams.stances.item import Item

HIS: Final = {"قواته": "m", "جيشه": "m", "قواتها": "f"}
"""Of whom the word speaks: of a man or a state's army (m), of a government or a state (f)."""
OURS: Final = frozenset(("قواتنا", "جيشنا"))
WRITTEN: Final = frozenset(conjunction + word for conjunction in ("", "و", "ف") for word in (*HIS, *OURS))


def name(items: list[Item], earlier: list[Item], speaker: Item | None, actors: dict[str, Actor]) -> None:
    """Make mentions of such words in `items`; a word whose owner is unknown or commands nobody stays a word."""
    last = {item.gender: item for item in earlier}
    for item in items:
        if item.actor:
            last[item.gender] = item
            continue
        if item.text not in WRITTEN:
            continue
        word = item.text[1:] if item.text[0] in "وف" else item.text
        owner = last.get(HIS[word]) if word in HIS else (speaker if word in OURS else None)
        body = _body(owner.actor, actors) if owner is not None else ""
        if body:
            item.actor, item.gender, item.plural, item.readings = body, "f", True, ()
            item.conj = word != item.text


def _body(owner: str, actors: dict[str, Actor]) -> str:
    """Return the force of an actor: what he commands, or leads or speaks for if that is armed, or itself if it is."""
    actor = actors.get(owner)
    if actor is None:
        return ""
    for body in (actor.commands, actor.speaks_for, actor.member_of, actor.heads, owner):
        if body in actors and actors[body].type == "armed":
            return body
    return ""
