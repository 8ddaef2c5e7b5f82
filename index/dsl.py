"""A query as Elasticsearch's query DSL: the same articles as `Query.match` finds.

The `*_terms` fields hold every word's alternatives at one position (`index.documents.term_stream`), so that a term, a
phrase and NEAR are Lucene's own; the `*_exact` fields hold the words as written.
"""

from __future__ import annotations

from typing import Any, Final

from khabar import query
from khabar.query.tree import Node

Clause = dict[str, Any]

TITLE_BOOST: Final = 3.0
MAX_CLAUSES: Final = 1000
"""More leaves than this are refused: a node of Elasticsearch with a small heap allows about a thousand clauses."""


def compile_query(text: str) -> tuple[query.Query, Clause]:
    """Return the query and its clause; raises khabar.query.QueryError, also for one of too many words for this store."""
    asked = query.parse(text)
    count = sum(1 for _ in query.leaves(asked.root))
    if count > MAX_CLAUSES:
        raise query.QueryError(f"{count} words and fields are more than the {MAX_CLAUSES} that Elasticsearch is asked", 0)
    return asked, _node(asked.root)


def _node(node: Node) -> Clause:
    if isinstance(node, query.And):
        return {"bool": {"must": [_node(i) for i in node.items]}}
    if isinstance(node, query.Or):
        return _any([_node(i) for i in node.items])
    if isinstance(node, query.Not):
        return {"bool": {"must_not": [_node(node.item)]}}
    if isinstance(node, query.Term | query.Phrase | query.Prefix | query.Exact):
        return _any([_text(node, field) for field in _fields(node.field)])
    if isinstance(node, query.Near):
        return _any([_near(node, field) for field in _fields(node.left.field)])
    return {"constant_score": {"filter": _filter(node)}}


def _any(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _fields(field: str) -> tuple[str, ...]:
    return (field,) if field else ("title", "text")


def _text(leaf: query.Text, field: str) -> Clause:
    boost = TITLE_BOOST if field == "title" else 1.0
    if isinstance(leaf, query.Term):
        return {"term": {f"{field}_terms": {"value": leaf.word, "boost": boost}}}
    if isinstance(leaf, query.Prefix):
        return {"prefix": {f"{field}_terms": {"value": leaf.stem, "boost": boost}}}
    name = f"{field}_exact" if isinstance(leaf, query.Exact) else f"{field}_terms"
    if len(leaf.words) == 1:
        return {"term": {name: {"value": leaf.words[0], "boost": boost}}}
    return {"match_phrase": {name: {"query": " ".join(leaf.words), "boost": boost}}}


def _near(leaf: query.Near, field: str) -> Clause:
    """Return either order of the two sides; spans of Lucene in order never overlap."""
    name = f"{field}_terms"
    left, right = _span(leaf.left, name), _span(leaf.right, name)
    orders = ([left, right], [right, left])
    return _any([{"span_near": {"clauses": sides, "slop": leaf.distance, "in_order": True}} for sides in orders])


def _span(leaf: query.Text, name: str) -> Clause:
    if isinstance(leaf, query.Prefix):
        return {"span_multi": {"match": {"prefix": {name: {"value": leaf.stem}}}}}
    words = (leaf.word,) if isinstance(leaf, query.Term) else leaf.words
    mark = "=" if isinstance(leaf, query.Exact) else ""
    terms = [{"span_term": {name: mark + w}} for w in words]
    return terms[0] if len(terms) == 1 else {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}


def _filter(leaf: query.Leaf) -> Clause:
    if isinstance(leaf, query.FieldEq):
        return {"terms": {f"{leaf.field}_keys": list(leaf.values)}}
    if isinstance(leaf, query.StanceIs):
        return {"nested": {"path": "stances", "query": {"bool": {"filter": _stance(leaf)}}}}
    if isinstance(leaf, query.DateRange):
        bounds = {"gte": leaf.start, "lt": leaf.end}
        return {"range": {"moment": {k: v.isoformat(timespec="milliseconds") for k, v in bounds.items() if v}}}
    return {"match_all": {}}


def _stance(leaf: query.StanceIs) -> list[Clause]:
    asked = {"holder": leaf.holder, "target": leaf.target, "polarity": leaf.polarity, "act": leaf.act}
    clauses: list[Clause] = [{"terms": {f"stances.{name}": list(values)}} for name, values in asked.items() if values]
    return [*clauses, {"range": {"stances.confidence": {"gte": leaf.confidence}}}]
