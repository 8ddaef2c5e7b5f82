"""What an article must have before a query can match it: the keys under which the matcher files the query.

A key is an index term as it stands, or a marked string for what is no term (see `Keys`). `requirements` is conservative:
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
REMEMBERED: Final = 200_000
"""The keys of so many words are remembered; then all are forgotten, and the common ones are soon back."""
_PREFIX, _EXACT, _FIELD = "\x01", "\x02", "\x03"


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


class Keys:
    """The keys that an article has and some query is filed under. The dearer kinds are made only when there are such queries."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()
        self._prefixes: Counter[int] = Counter()
        self._exact = 0
        self._fields = 0
        self._words: set[str] = set()
        self._of_word: dict[str, list[str]] = {}

    def note(self, key: str, by: int) -> None:
        """Count a key that a query was filed under (by = 1) or is no longer (by = -1)."""
        if key[0] == _EXACT:
            self._exact += by
        elif key[0] == _FIELD:
            self._fields += by
        else:
            if key[0] == _PREFIX:
                self._prefixes[len(key) - 1] += by
            self._used[key] += by
            if not self._used[key]:
                del self._used[key]
            elif by == 1 and self._used[key] == 1:
                self._forget()

    def of(self, view: View) -> set[str]:
        """Return the keys of an article that queries are filed under, and perhaps some that were."""
        if len(self._words) >= REMEMBERED:
            self._forget()
        new = view.words - self._words
        if new:
            self._learn(new)
        known = self._of_word
        return self._with_dear(view, set[str]().union(*map(known.__getitem__, known.keys() & view.words)))

    def every(self, view: View) -> set[str]:
        """Return all keys of an article, to learn from: also those that queries could be filed under."""
        terms = view.terms
        prefixes = {_PREFIX + t[:length] for length in self._prefixes for t in terms}
        return self._with_dear(view, terms | prefixes)

    def _learn(self, words: set[str]) -> None:
        """Remember which used keys each of these folded words has: most have none."""
        self._words |= words
        used, prefixes = self._used, self._prefixes
        for word in words:
            keys = [word, *arabic.shorter_terms(word)]
            if prefixes:
                keys += [_PREFIX + key[:length] for key in keys for length in prefixes]
            found = [key for key in keys if key in used]
            if found:
                self._of_word[word] = found

    def _forget(self) -> None:
        self._words.clear()
        self._of_word.clear()

    def _with_dear(self, view: View, keys: set[str]) -> set[str]:
        if self._exact:
            keys.update([_EXACT + w for f in view.fields for w in f.exact_terms()])
        if self._fields:
            keys.update(_field_keys(view))
        return keys


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
