"""Who claims a form, and where two entries of the gazetteer claim one: what an analyst asks before writing an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from khabar import arabic
from streams.entry import Actor
from streams.forms import bare, variants
from streams.gazetteer import Gazetteer


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A form that an actor claims, and under which field of its entry; dates bound a role."""

    actor: str
    form: str
    field: str
    since: date | None = None
    until: date | None = None


def uses(actor: Actor) -> Iterator[Use]:
    """Yield the forms of an actor, as its entry writes them."""
    for field in ("names", "joint", "short", "weak", "metonyms", "people"):
        yield from (Use(actor=actor.id, form=form, field=field) for form in getattr(actor, field))
    for collective in actor.collectives:
        yield from (Use(actor=actor.id, form=form, field="collectives") for form in collective.forms())
    for form in (*actor.nationality.adj, *actor.nationality.people):
        yield Use(actor=actor.id, form=form, field="nationality")
    for role in actor.roles:
        yield Use(actor=actor.id, form=role.form, field="roles", since=role.since, until=role.until)


def find(known: Gazetteer, asked: str) -> list[Use]:
    """Return who claims `asked`, a form in any spelling and with clitics, or an id or English name (field "id")."""
    words = arabic.folded(asked).split()
    first = arabic.index_terms(words[0]) if words else ()
    wanted = {bare(v)[0] for term in first for v in variants(" ".join((term, *words[1:])))}
    found: list[Use] = []
    for actor in known.actors.values():
        if asked.strip().casefold() in (actor.id, actor.name_en.casefold()):
            found.append(Use(actor=actor.id, form=actor.name_ar, field="id"))
        found += [u for u in uses(actor) if any(bare(v)[0] in wanted for v in variants(u.form))]
    return found


def clashes(known: Gazetteer) -> list[str]:
    """Return what two entries claim and nothing decides: one name in both, or one role at the same time."""
    names: dict[str, Use] = {}
    roles: dict[str, list[Use]] = {}
    said: dict[str, None] = {}
    for actor in known.actors.values():
        for use in uses(actor):
            for key in variants(use.form):
                if use.field == "names":
                    other = names.setdefault(key, use)
                    if other.actor != use.actor:
                        said[f"{use.form}: in `names` of both {other.actor} and {use.actor}"] = None
                elif use.field == "roles":
                    held = roles.setdefault(key, [])
                    for other in held:
                        if other.actor != use.actor and _meet(other, use):
                            said[f"{use.form}: in `roles` of both {other.actor} and {use.actor} at one time"] = None
                    held.append(use)
    return list(said)


def _meet(one: Use, other: Use) -> bool:
    return (one.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (one.until or date.max)
