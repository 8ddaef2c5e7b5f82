"""The signs of a country in an article: the lists of relevance.toml, and the names of all states but Libya."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from streams.entry import Actor
from streams.forms import inflected
from streams.scan import table_of
from streams.tree import Table

FILE: Final = Path(__file__).with_name("relevance.toml")
LISTS: Final = ("words", "places", "towns", "bodies", "of_lebanon", "market", "sport")


def table(actors: Iterable[Actor]) -> Table:
    """Return the forms of the signs; each says the name of its list, or the id of its state among `actors`."""
    lists = tomllib.loads(FILE.read_text(encoding="utf-8"))
    signs = {name: tuple(lists[name]) for name in LISTS} | {
        a.id: (*a.names, *a.metonyms, *inflected(a.nationality.adj), *a.nationality.people)
        for a in actors
        if a.type == "state" and not a.libyan
    }
    return table_of(Actor(id=i, name_ar=i, name_en=i, type="group", names=names) for i, names in signs.items())
