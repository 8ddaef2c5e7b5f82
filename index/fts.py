"""A query as SQL over the tables of `index.sqlite_schema`."""

from __future__ import annotations

from typing import Any

import msgspec

from khabar import arabic
from khabar.schema import CoverageItem, Span


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on `articles` with its values, and the FTS5 expression that ranks ("" for none)."""

    where: str
    values: tuple[Any, ...]
    ranked: str

    def highlights(self, item: CoverageItem) -> tuple[Span, ...]:
        """Return the spans of `item` that the query asks for."""
        del item
        return ()


def compile_query(text: str) -> Compiled:
    """Return the SQL of a query text ("" is all)."""
    words = [arabic.query_term(w) for w in arabic.WORD.findall(arabic.folded(text))]
    if not words:
        return Compiled(where="1", values=(), ranked="")
    ranked = " AND ".join("(" + " OR ".join(f'"{f}"' for f in arabic.surface_forms(w)) + ")" for w in words)
    return Compiled(where="row IN (SELECT rowid FROM words WHERE words MATCH ?)", values=(ranked,), ranked=ranked)


def plain_words(text: str) -> str:
    """Return the folded words of an original text as they stand, one blank between two."""
    return " ".join(arabic.WORD.findall(arabic.folded(text)))
