"""What an article must have before a query can match it: the keys under which the matcher files the query.

A key is an index term as it stands, or a marked string for what is no term: a prefix, an exact word, a field's value. An
article shows a key by a sign of it: a word in which the term is written, or the marked string. `requirements` is conservative:
an article that matches has all keys of at least one alternative; one that has them may still not match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from khabar import arabic
from khabar.query import And, Exact, FieldEq, Near, Node, Or, Phrase, Prefix, StanceIs, Term, View

Alternatives = list[tuple[str, ...]]
"""Any of these sets of keys; each key of the set is needed."""

PREFIX_LENGTH: Final = 4
"""A prefix is filed under its first letters, at most so many."""
_PREFIX, _EXACT, _FIELD = "\x01", "\x02", "\x03"
_LAST_MARK: Final = "\x04"


def requirements(node: Node, rarity: Callable[[str], float]) -> Alternatives | None:
    """Return what a match needs, as few and rare keys as can be seen; None where nothing is needed (NOT x, after:2019).

    `rarity` gives how common a key is: less is rarer. Each alternative holds one or two keys.
    """
    if isinstance(node, Or):
        parts = [requirements(i, rarity) for i in node.items]
        return None if None in parts else [a for part in parts if part for a in part]
    if isinstance(node, And):
        return _strictest([requirements(i, rarity) for i in node.items], rarity)
    if isinstance(node, Near):
        return _strictest([requirements(node.left, rarity), requirements(node.right, rarity)], rarity)
    return _of_leaf(node, rarity)


def _of_leaf(node: Node, rarity: Callable[[str], float]) -> Alternatives | None:
    if isinstance(node, Term):
        return [(node.word,)]
    if isinstance(node, Phrase):
        return [_rarest(node.words, rarity)]
    if isinstance(node, Prefix):
        return [(_PREFIX + node.stem[:PREFIX_LENGTH],)]
    if isinstance(node, Exact):
        return [_rarest((_EXACT + w for w in node.words), rarity)]
    if isinstance(node, FieldEq):
        return [(f"{_FIELD}{node.field}:{v}",) for v in node.values]
    if isinstance(node, StanceIs):
        asked = [(name, getattr(node, name)) for name in ("holder", "target", "act", "polarity")]
        parts: list[Alternatives | None] = [[(f"{_FIELD}{name}:{v}",) for v in values] for name, values in asked if values]
        return _strictest([*parts, [(_FIELD + "stance",)]], rarity)
    return None


def _rarest(keys: Iterable[str], rarity: Callable[[str], float]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(keys), key=lambda k: (rarity(k), k))[:2])


def _strictest(parts: list[Alternatives | None], rarity: Callable[[str], float]) -> Alternatives | None:
    """Return one part's alternatives, each narrowed by the rarest key that all of them need beside."""
    known = [p for p in parts if p is not None]
    if not known:
        return None
    needed = _rarest((k for p in known if len(p) == 1 for k in p[0]), rarity)
    choices = [[needed], *(p for p in known if len(p) > 1)] if needed else known
    best = min(choices, key=lambda p: sum(min(map(rarity, a)) for a in p))
    return [_rarest((*a, *needed), rarity) for a in best]


def signs(key: str) -> Iterable[str]:
    """Return what shows that an article has a key, any of them: the written forms of a term, a marked key as it is."""
    return arabic.surface_forms(key) if key > _LAST_MARK else (key,)


class Marked:
    """The marked keys that an article has. A kind of them is made only when there are queries filed under it."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._prefixes: Counter[int] = Counter()

    def note(self, key: str, by: int) -> None:
        """Count a key that a query was filed under (by = 1) or is no longer (by = -1)."""
        self._kinds[key[0]] += by
        if key[0] == _PREFIX:
            self._prefixes[len(key) - 1] += by

    def of(self, view: View) -> set[str]:
        """Return the marked keys of an article, of the kinds that there are queries for."""
        found: set[str] = set()
        if self._kinds[_PREFIX]:
            found.update(_PREFIX + t[:length] for length, uses in self._prefixes.items() if uses for t in view.terms)
        if self._kinds[_EXACT]:
            found.update(_EXACT + w for f in view.fields for w in f.exact_terms())
        if self._kinds[_FIELD]:
            found.update(_field_keys(view))
        return found


def _field_keys(view: View) -> Iterator[str]:
    for name, values in view.keywords.items():
        for value in values:
            yield f"{_FIELD}{name}:{value}"
    for stance in view.item.tagged.stances:
        yield _FIELD + "stance"
        yield f"{_FIELD}holder:{stance.holder}"
        yield f"{_FIELD}target:{stance.target}"
        yield f"{_FIELD}act:{stance.act}"
        yield f"{_FIELD}polarity:{stance.polarity}"
