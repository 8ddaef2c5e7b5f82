"""The query language of search and alerts: one grammar, one tree, one meaning. docs/query.md tells it to its users.

A query is words, implicitly joined by AND. `parse` gives a tree (`khabar.query.tree`); `Query.match` is the reference
for what the tree means; the stores' compilers and the alert matcher must give the same set of articles.

- word: some token of the title or the text has `arabic.query_term(word)` among its `arabic.index_terms`. A word with
  punctuation inside (10:30, al-Jazeera) is a phrase of its parts.
- "a phrase" (also “ ” and « »): its words at consecutive token positions of one field.
- prefix*: a token with an index term that begins so (two letters at least).
- ="as written" or =word: letter for letter, vowel marks and case included, whole words (`exact_words`).
- a NEAR/5 b: in one field, either order, no overlap, at most 5 tokens between; NEAR alone is NEAR/10. Sides are words,
  phrases, prefixes, exact words, or such joined by OR in parentheses; a chain is the AND of its neighbours.
- NOT binds closer than AND (or nothing), AND closer than OR; operators are upper-case English. و، أو، ليس are words.
- title:x, text:x, title:(x OR y): only in that field. outlet: country: lang: story: actor: framing: compare whole values,
  also name:(x OR y). holder: target: polarity: act: confidence:>=0.8 ask for a stance: neighbours in one AND, outside
  parentheses, until one repeats, speak of the SAME stance.
- after:2019-04-04 (that day or later), before:2019-05 (before the 1st of May), UTC, by publication, else by first fetch.
"""

from __future__ import annotations

import msgspec

from khabar.query.fields import FIELDS, QueryError
from khabar.query.match import holds, spans
from khabar.query.parser import build
from khabar.query.tree import (
    All,
    And,
    DateRange,
    Exact,
    FieldEq,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    StanceIs,
    Term,
    Text,
    leaves,
    limit_confidence,
    narrows,
)
from khabar.query.view import View, exact_words, keywords
from khabar.schema import CoverageItem, Span

__all__ = [
    "FIELDS",
    "All",
    "And",
    "DateRange",
    "Exact",
    "FieldEq",
    "Leaf",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "QueryError",
    "StanceIs",
    "Term",
    "Text",
    "View",
    "exact_words",
    "keywords",
    "leaves",
    "limit_confidence",
    "narrows",
    "parse",
]


class Query(msgspec.Struct, frozen=True):
    """A query as typed, and its tree."""

    text: str
    root: Node

    def match(self, item: CoverageItem) -> tuple[Span, ...] | None:
        """Return None where the article does not match, else the matching spans (perhaps none, as for outlet:x)."""
        return self.match_view(View(item))

    def match_view(self, view: View) -> tuple[Span, ...] | None:
        """Return what `match` does, for an article made ready once for many queries."""
        return spans(self.root, view) if holds(self.root, view) else None


def parse(text: str) -> Query:
    """Return the query that `text` says; an empty one is every article. Raises QueryError with place and suggestion."""
    return Query(text, build(text))
