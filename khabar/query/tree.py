"""The query language as a tree of frozen nodes: what `khabar.query.parse` returns and every compiler walks.

Words in the tree are ready for comparison: `arabic.query_term` for Term, Phrase and Prefix, as typed for Exact. `field`
is "title", "text", or "" for either of the two. Alternatives in `values` are ORed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

import msgspec

TextField = Literal["", "title", "text"]
Keyword = Literal["outlet", "country", "lang", "story", "actor", "framing"]


class All(msgspec.Struct, frozen=True, tag=True):
    """Every article: the empty query."""


class Term(msgspec.Struct, frozen=True, tag=True):
    """A token of the field has `word` among its `arabic.index_terms`."""

    word: str
    field: TextField = ""


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """Two or more words at consecutive token positions of one field, each as in Term."""

    words: tuple[str, ...]
    field: TextField = ""


class Prefix(msgspec.Struct, frozen=True, tag=True):
    """A token of the field has an index term that begins with `stem`."""

    stem: str
    field: TextField = ""


class Exact(msgspec.Struct, frozen=True, tag=True):
    """Words at consecutive positions among the field's `exact_words`, equal letter for letter, nothing folded."""

    words: tuple[str, ...]
    field: TextField = ""


Text = Term | Phrase | Prefix | Exact


class Near(msgspec.Struct, frozen=True, tag=True):
    """Both sides in one field, in either order, without overlap, with at most `distance` tokens between them."""

    left: Text
    right: Text
    distance: int


class FieldEq(msgspec.Struct, frozen=True, tag=True):
    """One of `values` is the article's.

    `outlet`: its id or name, `framing`: a framing's term or camp, both compared folded (values are folded already);
    `actor`: the id of an actor that appears; `country` (upper case), `lang`, `story`: as stored.
    """

    field: Keyword
    values: tuple[str, ...]


class StanceIs(msgspec.Struct, frozen=True, tag=True):
    """ONE stance of the article meets all that is given here; an empty tuple asks nothing."""

    holder: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    polarity: tuple[str, ...] = ()
    act: tuple[str, ...] = ()
    confidence: float = 0.0


class DateRange(msgspec.Struct, frozen=True, tag=True):
    """The article was published (where no date is known: fetched) at or after `start` and before `end`."""

    start: datetime | None = None
    end: datetime | None = None


Leaf = All | Term | Phrase | Prefix | Exact | Near | FieldEq | StanceIs | DateRange


class Not(msgspec.Struct, frozen=True, tag=True):
    """The item does not match."""

    item: And | Or | Leaf


class And(msgspec.Struct, frozen=True, tag=True):
    """All of two or more items match; never directly inside another And."""

    items: tuple[Or | Not | Leaf, ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """At least one of two or more items matches; never directly inside another Or."""

    items: tuple[And | Not | Leaf, ...]


Node = And | Or | Not | Leaf


def all_of(items: list[Node]) -> Node:
    """Return the flat conjunction of one or more nodes."""
    flat: list[Or | Not | Leaf] = []
    for item in items:
        if isinstance(item, And):
            flat.extend(item.items)
        else:
            flat.append(item)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(items: list[Node]) -> Node:
    """Return the flat disjunction of one or more nodes."""
    flat: list[And | Not | Leaf] = []
    for item in items:
        if isinstance(item, Or):
            flat.extend(item.items)
        else:
            flat.append(item)
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negate(item: Node) -> Node:
    """Return what matches where `item` does not; two negations cancel."""
    return item.item if isinstance(item, Not) else Not(item)


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield every leaf from left to right, negated ones too."""
    if isinstance(node, And | Or):
        for item in node.items:
            yield from leaves(item)
    elif isinstance(node, Not):
        yield from leaves(node.item)
    else:
        yield node


def limit_confidence(node: Node, least: float) -> Node:
    """Return the tree in which a stance counts only with a confidence of `least` or more."""
    if isinstance(node, StanceIs):
        return msgspec.structs.replace(node, confidence=max(node.confidence, least))
    if isinstance(node, And):
        return all_of([limit_confidence(i, least) for i in node.items])
    if isinstance(node, Or):
        return any_of([limit_confidence(i, least) for i in node.items])
    return negate(limit_confidence(node.item, least)) if isinstance(node, Not) else node


_EVERYWHERE: Final = frozenset(
    "في من علي الي عن ان انه تي ذي هذا هذه ذلك تلك ما لا لم لن قد كان كانت قال بعد قبل بين مع كل او ثم حتي و".split()  # noqa: SIM905  # words
)
"""Words that stand in nearly every article: to ask for one of them asks for nothing."""


def narrows(node: Node) -> bool:
    """Return whether a match needs more than an outlet's country, a language, a date, the absence of something, or في.

    What does not narrow would match nearly every article.
    """
    if isinstance(node, And):
        return any(narrows(i) for i in node.items)
    if isinstance(node, Or):
        return all(narrows(i) for i in node.items)
    if isinstance(node, Term):
        return node.word not in _EVERYWHERE
    if isinstance(node, FieldEq):
        return node.field not in ("country", "lang")
    return not isinstance(node, Not | All | DateRange)
