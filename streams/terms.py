"""The file of loaded words (streams/framing.toml), read, checked and compiled; docs/stances.md explains it."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from khabar.errors import KhabarError
from streams.forms import Form, Kind, bare, variants
from streams.tree import Table

DATA: Final = Path(__file__).with_name("framing.toml")


class FramingError(KhabarError):
    """The file of loaded words is wrong; the message names file, entry and field."""


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry: forms that favour or harm a camp between two dates, both included; a missing date is open."""

    camp: str
    effect: Literal["favours", "harms"]
    gloss: str
    forms: tuple[str, ...]
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")


class Terms(NamedTuple):
    """The compiled file: entries by number, the table of their forms, pairs of rival camps, a hash of the content."""

    entries: tuple[Term, ...]
    table: Table
    rivals: tuple[tuple[str, str], ...]
    generation: str


@lru_cache(maxsize=2)
def load(path: Path = DATA) -> Terms:
    """Return the compiled terms of a file; raises FramingError."""
    try:
        content = path.read_text(encoding="utf-8")
        document = tomllib.loads(content)
    except (OSError, UnicodeDecodeError) as e:
        raise FramingError(f"{path}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise FramingError(f"{path.name}: not TOML: {e}") from e
    entries = tuple(_convert(path.name, f"term {n}", raw, Term) for n, raw in enumerate(document.get("term", []), 1))
    rivals: tuple[tuple[str, str], ...] = _convert(path.name, "rivals", document.get("rivals", []), tuple[tuple[str, str], ...])
    return Terms(entries, _table(entries), rivals, hashlib.sha256(content.encode()).hexdigest()[:16])


def _convert(file: str, entry: str, raw: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as e:
        message, _, where = str(e).partition(" - at `$")
        raise FramingError(f"{file}: {entry}: {where.strip('.`') or 'entry'}: {message}") from e


def _table(entries: Sequence[Term]) -> Table:
    table: defaultdict[tuple[str, bool], list[Form]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for text in entry.forms:
            table[bare(variants(text)[0])].append(Form(Kind.NAME, str(number), entry.since, entry.until))
    return table
