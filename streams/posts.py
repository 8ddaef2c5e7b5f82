"""Posts that one actor holds after another: their forms stand once with holders and dates, and become roles and titles."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from streams.entry import Actor, GazetteerError, Role, convert, unfit

_CHOICE: Final = re.compile(r"\(([^()]*)\)")


class Holder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who holds a post between two dates, both included; at the latest until the day before the next holder begins."""

    actor: str
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One post. Forms may have alternatives in brackets: "سفير (فرنسا|باريس)" is two, and so is "رئيس الحكومة( الليبية|)"."""

    id: str
    forms: tuple[str, ...] = ()
    holders: tuple[Holder, ...]
    excluded: tuple[str, ...] = msgspec.field(default=(), name="not")


def joined(base: Post, more: Post) -> Post:
    """Return `base` with the forms and holders that `more` adds."""
    holders, excluded = (*base.holders, *more.holders), _union(base.excluded, more.excluded)
    return Post(id=base.id, forms=_union(base.forms, more.forms), holders=holders, excluded=excluded)


def written(patterns: Iterable[str]) -> Iterator[str]:
    """Yield the forms that those with alternatives stand for."""
    for pattern in patterns:
        choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(_CHOICE.split(pattern))]
        yield from map("".join, itertools.product(*choices))


def parse(file: str, number: int, entry: Any) -> Post:
    """Return the post of one [[post]] of `file`; raises GazetteerError for what is wrong with it."""
    label, post = convert(Post, file, "post", number, entry)
    for field, patterns in (("forms", post.forms), ("not", post.excluded)):
        for form in written(patterns):
            if unfit(form) or set(form) & set("()|"):
                raise GazetteerError(
                    f"{label}: {field}: {form!r} is empty, has white space or a mark at its ends or an open bracket"
                )
    for holder in post.holders:
        if holder.since and holder.until and holder.since > holder.until:
            raise GazetteerError(f"{label}: holders: {holder.actor!r} ends before it begins")
    return post


def terms(post: Post) -> tuple[Holder, ...]:
    """Return the holders by their beginning, each with his end: as said, at the latest the day before the next begins."""
    found = sorted(post.holders, key=lambda h: h.since or date.min)
    closed: list[Holder] = []
    for holder, following in itertools.zip_longest(found, found[1:]):
        last = following.since - timedelta(days=1) if following is not None and following.since else date.max
        until = min(holder.until or date.max, last)
        closed.append(Holder(actor=holder.actor, since=holder.since, until=None if until == date.max else until))
    return tuple(closed)


def fill(actors: dict[str, Actor], posts: Iterable[Post]) -> dict[str, Actor]:
    """Return `actors` with a role for each form and term of the posts that they hold; to a person each form is a title too."""
    filled = dict(actors)
    for post in posts:
        forms, excluded = tuple(written(post.forms)), tuple(written(post.excluded))
        for holder in terms(post):
            actor = filled[holder.actor]
            filled[actor.id] = msgspec.structs.replace(
                actor,
                roles=actor.roles + tuple(Role(form=form, since=holder.since, until=holder.until) for form in forms),
                titles=_union(actor.titles, forms) if actor.type == "person" else actor.titles,
                excluded=_union(actor.excluded, excluded),
            )
    return {actor.id: _in_office(actor) for actor in filled.values()}


def _in_office(actor: Actor) -> Actor:
    """Return a person who speaks for a body as one who does so until his last term ends, unless bounds are said.

    Before his first term he mostly spoke for it already, as its ambassador or deputy minister.
    """
    if actor.type != "person" or not actor.speaks_for or not actor.roles or actor.speaks_from or actor.speaks_to:
        return actor
    until = max(role.until or date.max for role in actor.roles)
    return msgspec.structs.replace(actor, speaks_to=None if until == date.max else until)


def _union(first: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *more)))
