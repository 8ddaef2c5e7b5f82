"""A query as SQL over the tables of `index.sqlite_schema`: the same articles as `Query.match` finds, without reading them all.

FTS5 knows no alternatives at one position, so a query word is asked in every form that `arabic.index_terms` finds it by.
What it cannot say (a phrase of such words, a prefix under a clitic, NEAR, ="as written") is asked of it as a condition that
leaves nothing out, and then decided by the functions of `index.sql_functions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from khabar import arabic, query
from khabar.query.tree import Node
from khabar.schema import CoverageItem, Span

_MATCH: Final = "row IN (SELECT rowid FROM words WHERE words MATCH ?)"
_DECIDED: Final = "row IN (SELECT rowid FROM words WHERE words MATCH ? AND {})"


class Sql(msgspec.Struct, frozen=True):
    """A condition on `articles` and the values it binds."""

    where: str
    values: tuple[Any, ...] = ()


EVERYTHING: Final = Sql("1")
"""The condition that all articles meet."""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A query, its condition, and the FTS5 expression that ranks ("" where nothing can)."""

    asked: query.Query
    sql: Sql
    ranked: str

    def highlights(self, item: CoverageItem) -> tuple[Span, ...]:
        """Return the spans of the original text that match."""
        return self.asked.match(item) or ()


def compile_query(text: str) -> Compiled:
    """Return the SQL of a query; raises khabar.query.QueryError."""
    asked = query.parse(text)
    words = [_words(leaf) for leaf in _positive(asked.root) if isinstance(leaf, query.Term | query.Phrase | query.Prefix)]
    return Compiled(asked=asked, sql=_node(asked.root), ranked=" OR ".join(dict.fromkeys(words)))


def plain_words(text: str) -> str:
    """Return the folded words of an original text as they stand, one blank between two."""
    return " ".join(arabic.WORD.findall(arabic.folded(text)))


def utc(at: datetime) -> str:
    """Return a time as the tables hold it: UTC, of one length, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _node(node: Node) -> Sql:
    if isinstance(node, query.And | query.Or):
        operator = "AND" if isinstance(node, query.And) else "OR"
        words = [_words(i) for i in node.items if isinstance(i, query.Term)]
        parts = [_node(i) for i in node.items if not isinstance(i, query.Term)]
        if words:  # one FTS5 expression for all plain words: quicker, and SQL's own depth is bounded
            parts.append(Sql(_MATCH, (f" {operator} ".join(words),)))
        return _joined(operator, parts)
    if isinstance(node, query.Not):
        inner = _node(node.item)
        return Sql(f"NOT ({inner.where})", inner.values)
    return _leaf(node)


def _leaf(leaf: query.Leaf) -> Sql:
    if isinstance(leaf, query.Term):
        return Sql(_MATCH, (_words(leaf),))
    if isinstance(leaf, query.Phrase):
        return Sql(_DECIDED.format(_columns("has_phrase", leaf.field)), (_words(leaf), " ".join(leaf.words)))
    if isinstance(leaf, query.Prefix):
        return Sql(_DECIDED.format(_columns("has_prefix", leaf.field)), (_words(leaf), leaf.stem))
    if isinstance(leaf, query.Exact):
        return Sql("instr(item, ?) AND holds(?, item)", (leaf.words[0].encode(), _packed(leaf)))
    if isinstance(leaf, query.Near):
        sides = [_words(s) for s in (leaf.left, leaf.right) if not isinstance(s, query.Exact)]
        decided = Sql("holds(?, item)", (_packed(leaf),))
        return _joined("AND", [Sql(_MATCH, (" AND ".join(sides),)), decided]) if sides else decided
    if isinstance(leaf, query.FieldEq):
        marks = ", ".join("?" * len(leaf.values))
        return Sql(f"row IN (SELECT row FROM facets WHERE name = ? AND value IN ({marks}))", (leaf.field, *leaf.values))  # noqa: S608  # only question marks
    if isinstance(leaf, query.StanceIs):
        return _stance(leaf)
    if isinstance(leaf, query.DateRange):
        return _dates(leaf)
    return EVERYTHING


def _stance(leaf: query.StanceIs) -> Sql:
    conditions = ["confidence >= ?"]
    values: list[Any] = [leaf.confidence]
    for column, wanted in (("holder", leaf.holder), ("target", leaf.target), ("polarity", leaf.polarity), ("act", leaf.act)):
        if wanted:
            conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
    return Sql(f"row IN (SELECT row FROM stances WHERE {' AND '.join(conditions)})", tuple(values))  # noqa: S608  # columns of ours


def _dates(leaf: query.DateRange) -> Sql:
    bounds = [("moment >= ?", leaf.start), ("moment < ?", leaf.end)]
    given = [Sql(condition, (utc(at),)) for condition, at in bounds if at]
    return _joined("AND", given) if given else EVERYTHING


def _joined(operator: str, parts: Sequence[Sql]) -> Sql:
    """Join in halves: SQLite bounds the depth of a condition, and a long row of ORs would be as deep as it is long."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(operator, parts[:middle]), _joined(operator, parts[middle:])
    return Sql(f"({left.where} {operator} {right.where})", left.values + right.values)


def _words(leaf: query.Term | query.Phrase | query.Prefix) -> str:
    """Return the FTS5 expression that finds at least what `leaf` asks; for a Term, exactly that."""
    field = f"{leaf.field} : " if leaf.field else ""
    if isinstance(leaf, query.Term):
        return f"{field}({_forms(leaf.word)})"
    if isinstance(leaf, query.Prefix):
        return f"{field}({' OR '.join(_quoted(b + leaf.stem) + '*' for b in arabic.PROCLITIC_RUNS)})"
    return f"({' AND '.join(f'{field}({_forms(w)})' for w in leaf.words)})"


def _forms(word: str) -> str:
    return " OR ".join(_quoted(form) for form in arabic.surface_forms(word))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _columns(function: str, field: str) -> str:
    return f"{function}(?, {field or 'title'}, {field or 'text'})"


def _packed(leaf: query.Leaf) -> bytes:
    return msgspec.json.encode(leaf)


def _positive(node: Node) -> list[query.Leaf]:
    if isinstance(node, query.And | query.Or):
        return [leaf for item in node.items for leaf in _positive(item)]
    if isinstance(node, query.Near):
        return [node.left, node.right]
    return [] if isinstance(node, query.Not) else [node]
