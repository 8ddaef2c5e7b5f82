"""The entries of the gazetteer's TOML files: their schema, and what is wrong with one, said with file, entry and field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal, TypeVar
from unicodedata import combining

import msgspec

from khabar import arabic
from khabar.errors import KhabarError

T = TypeVar("T")
ActorType = Literal["person", "institution", "armed", "party", "state", "igo", "ngo", "group", "company", "media"]


class GazetteerError(KhabarError):
    """A gazetteer file is wrong; the message names file, entry and field."""


class Role(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form that is this actor between two dates, both included; a missing date is open."""

    form: str
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")


class Organ(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actor a state's unnamed organs are ("السلطات الليبية") between two dates; a missing date is open."""

    actor: str
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")


class Collective(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nouns and adjectives any pair of which is a name, indefinite or definite ("جماعات مسلحة", "الجماعات المسلحة")."""

    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]

    def forms(self) -> Iterator[str]:
        """Yield the pairs."""
        for noun in self.nouns:
            for adjective in self.adjectives:
                yield f"{noun} {adjective}"
                yield f"ال{noun} ال{adjective}"


class Nationality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Adjectives of a state (masculine singular without ال) and names of its people (as they stand)."""

    adj: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class Actor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: an actor and the forms under which it appears. All forms are natural Arabic, without clitics."""

    id: str
    name_ar: str
    name_en: str
    type: ActorType
    camp: str = ""
    country: str = ""
    wikidata: str = ""
    libyan: bool = False
    names: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()
    collectives: tuple[Collective, ...] = ()
    short: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    nationality: Nationality = Nationality()
    organs: tuple[Organ, ...] = ()
    roles: tuple[Role, ...] = ()
    member_of: str = ""
    speaks_for: str = ""
    speaks_from: date | None = None
    speaks_to: date | None = None
    commands: str = ""
    heads: str = ""
    excluded: tuple[str, ...] = msgspec.field(default=(), name="not")


def joined(base: Actor, more: Actor) -> Actor:
    """Return `base` with what `more` says beside it: forms are added, what is told once is taken from `more` if it tells it."""
    told: dict[str, Any] = {}
    for field in Actor.__struct_fields__:
        old, new = getattr(base, field), getattr(more, field)
        told[field] = (*old, *(n for n in new if n not in old)) if isinstance(old, tuple) else new or old
    nation = {f: (*getattr(base.nationality, f), *getattr(more.nationality, f)) for f in Nationality.__struct_fields__}
    return Actor(**told | {"nationality": Nationality(**nation)})


def tables(name: str, content: str, known: Sequence[str]) -> dict[str, list[Any]]:
    """Return the entries of one file's `content` by their table; a GazetteerError names a table that is not among `known`."""
    try:
        document = tomllib.loads(content)
    except tomllib.TOMLDecodeError as e:
        raise GazetteerError(f"{name}: not TOML: {e}") from e
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise GazetteerError(f"{name}: {unknown[0]}: unknown table, a file holds only {' and '.join(f'[[{t}]]' for t in known)}")
    return {table: document.get(table, []) for table in known}


def convert(kind: type[T], file: str, table: str, number: int, entry: Any) -> tuple[str, T]:
    """Return an entry's label for messages, and the entry as `kind`; a GazetteerError says what its schema refuses."""
    label = f"{file}: {table} {entry.get('id') or number!r}" if isinstance(entry, dict) else f"{file}: {table} {number}"
    try:
        return label, msgspec.convert(entry, kind)
    except msgspec.ValidationError as e:
        message, _, where = str(e).partition(" - at `$.")
        raise GazetteerError(f"{label}: {where.rstrip('`') or 'entry'}: {message}") from e


def parse(file: str, number: int, entry: Any) -> Actor:
    """Return the actor of one [[actor]] of `file`; raises GazetteerError for what is wrong with it."""
    label, actor = convert(Actor, file, "actor", number, entry)
    for field in ("id", "name_ar", "name_en"):
        if not getattr(actor, field).strip():
            raise GazetteerError(f"{label}: {field}: must not be empty")
    for field, form in _all_forms(actor):
        if unfit(form):
            raise GazetteerError(f"{label}: {field}: {form!r} is empty or has white space or a mark at its ends")
    for role in actor.roles:
        if role.since and role.until and role.since > role.until:
            raise GazetteerError(f"{label}: roles: {role.form!r} ends before it begins")
    return actor


def unfit(form: str) -> bool:
    """Return whether a form is empty, or begins or ends with white space or a mark that stands alone: no word of a text does."""
    if not form or form != form.strip():
        return True
    if all(end.isalnum() or combining(end) for end in (form[0], form[-1])):
        return False
    line = arabic.matching_line(arabic.folded(form)).text.strip()  # quotes and brackets are not in it
    return not line or {line[0], line[-1]} & set(".،") != set()


def _all_forms(actor: Actor) -> Iterable[tuple[str, str]]:
    for field in ("names", "joint", "short", "weak", "titles", "context", "against", "metonyms", "people"):
        yield from ((field, form) for form in getattr(actor, field))
    yield from (("not", form) for form in actor.excluded)
    yield from (("roles", role.form) for role in actor.roles)
    yield from (("nationality", form) for form in (*actor.nationality.adj, *actor.nationality.people))
