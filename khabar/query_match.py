"""One article against one tree: does it match, and where. The rule that every other evaluation must agree with."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import cached_property
from typing import Final

from khabar import arabic
from khabar.query_ast import (
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
)
from khabar.schema import CoverageItem, Span, Stance

_MARKS: Final = re.escape(arabic.VOWEL_MARKS)
_EXACT_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")

Occurrence = tuple[int, int]
"""First and last token position of one occurrence in a field."""


def exact_words(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of an original text that ="..." compares: letters and digits with their vowel marks."""
    return [m.span() for m in _EXACT_WORD.finditer(text)]


class FieldView:
    """One field made ready: which terms it has, and, made when first asked for, where they stand in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self._folded = arabic.fold(text)
        self.words = arabic.WORD.findall(self._folded.text)
        self.terms: set[str] = set().union(*map(arabic.index_terms, set(self.words)))
        self._found: dict[str, list[int]] = {}

    @cached_property
    def exact(self) -> list[tuple[int, int]]:
        """Spans of the exact words, in the original."""
        return exact_words(self.text)

    @cached_property
    def exact_postings(self) -> dict[str, list[int]]:
        """Each exact word's positions."""
        found: dict[str, list[int]] = {}
        for position, (start, end) in enumerate(self.exact):
            found.setdefault(self.text[start:end], []).append(position)
        return found

    @cached_property
    def _line(self) -> str:
        return f" {' '.join(self.words)} "

    @cached_property
    def _token_spans(self) -> list[tuple[int, int]]:
        return [m.span() for m in arabic.WORD.finditer(self._folded.text)]

    def span(self, start: int, end: int) -> Span:
        """Return a span of the original text."""
        return Span(field=self.name, start=start, end=end, text=self.text[start:end])

    def token_span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span in the original of the tokens from `first` to `last`."""
        return self._folded.original(self._token_spans[first][0], self._token_spans[last][1])

    def positions(self, term: str) -> list[int]:
        """Return the positions of the tokens that are found under `term`, in order."""
        if term not in self.terms:
            return []
        found = self._found.get(term)
        if found is None:
            found = self._found[term] = self._search(term)
        return found

    def _search(self, term: str) -> list[int]:
        """Find a term at the ends of words, where all terms are, by the one means that is quick here: looking for a string."""
        line, ending, found = self._line, f"{term} ", list[int]()
        position, counted = -1, 0
        at = line.find(ending)
        while at >= 0:
            start = line.rfind(" ", 0, at) + 1
            position += line.count(" ", counted, start)
            counted = start
            if start == at or term in arabic.index_terms(line[start : at + len(term)]):
                found.append(position)
            at = line.find(ending, at + 1)
        return found

    def find(self, leaf: Text) -> list[Occurrence]:
        """Return where a word, phrase or prefix stands, as token positions in order."""
        if isinstance(leaf, Term):
            return [(p, p) for p in self.positions(leaf.word)]
        if isinstance(leaf, Phrase):
            return self._phrase(leaf.words)
        if isinstance(leaf, Prefix):
            found = {p for term in self.terms if term.startswith(leaf.stem) for p in self.positions(term)}
            return [(p, p) for p in sorted(found)]
        return self._tokens_of(self.exact_spans(leaf.words))

    def _phrase(self, words: tuple[str, ...]) -> list[Occurrence]:
        if not self.terms.issuperset(words):
            return []
        anchor = max(range(len(words)), key=lambda i: len(words[i]))  # a long word is a rare one
        tokens, last, terms = self.words, len(self.words) - len(words), arabic.index_terms
        return [
            (s, s + len(words) - 1)
            for s in (p - anchor for p in self.positions(words[anchor]))
            if 0 <= s <= last and all(tokens[s + i].endswith(w) and w in terms(tokens[s + i]) for i, w in enumerate(words))
        ]

    def exact_spans(self, words: tuple[str, ...]) -> list[tuple[int, int]]:
        """Return where these words stand letter for letter, as spans of the original."""
        spans, last = self.exact, len(self.exact) - len(words)
        return [
            (spans[p][0], spans[p + len(words) - 1][1])
            for p in self.exact_postings.get(words[0], ())
            if p <= last and all(self.text[slice(*spans[p + i])] == w for i, w in enumerate(words))
        ]

    def _tokens_of(self, spans: list[tuple[int, int]]) -> list[Occurrence]:
        """Return the tokens that cover spans of the original."""
        starts = [self._folded.original(*s)[0] for s in self._token_spans] if spans else []
        return [(max(bisect_right(starts, a) - 1, 0), max(bisect_left(starts, b) - 1, 0)) for a, b in spans]


class View:
    """An article made ready once for many queries."""

    def __init__(self, item: CoverageItem) -> None:
        article = item.tagged.article
        self.item = item
        self.fields = (FieldView("title", article.title), FieldView("text", article.text))

    def of(self, name: str) -> Sequence[FieldView]:
        """Return the fields that a leaf with this `field` looks into."""
        return self.fields if not name else self.fields[:1] if name == "title" else self.fields[1:]

    @cached_property
    def keywords(self) -> dict[str, frozenset[str]]:
        """What FieldEq compares, by field."""
        return keywords(self.item)


def keywords(item: CoverageItem) -> dict[str, frozenset[str]]:
    """Return the values of an article that FieldEq compares, by field: what every store indexes for it."""
    tagged, article = item.tagged, item.tagged.article
    return {
        "outlet": frozenset(arabic.folded(x) for x in (article.outlet, article.outlet_name) if x),
        "country": frozenset((article.country.upper(),)),
        "lang": frozenset((tagged.language,)),
        "story": frozenset((item.story,)),
        "actor": frozenset(a.id for a in tagged.actors),
        "framing": frozenset(arabic.folded(x) for f in tagged.framing for x in (f.term, f.camp) if x),
    }


def stance_meets(asked: StanceIs, stance: Stance) -> bool:
    """Return whether one stance meets all that is asked."""
    return (
        (not asked.holder or stance.holder in asked.holder)
        and (not asked.target or stance.target in asked.target)
        and (not asked.polarity or stance.polarity in asked.polarity)
        and (not asked.act or stance.act in asked.act)
        and stance.confidence >= asked.confidence
    )


def holds(node: Node, view: View) -> bool:
    """Return whether the article matches."""
    if isinstance(node, And):
        return all(holds(i, view) for i in node.items)
    if isinstance(node, Or):
        return any(holds(i, view) for i in node.items)
    if isinstance(node, Not):
        return not holds(node.item, view)
    return _leaf_holds(node, view)


def _leaf_holds(leaf: Leaf, view: View) -> bool:
    if isinstance(leaf, Term):
        return any(leaf.word in f.terms for f in view.of(leaf.field))
    if isinstance(leaf, Phrase | Prefix | Exact):
        return any(f.find(leaf) for f in view.of(leaf.field))
    if isinstance(leaf, Near):
        return any(_near(leaf, f)[0] for f in view.of(leaf.left.field))
    if isinstance(leaf, FieldEq):
        return not view.keywords[leaf.field].isdisjoint(leaf.values)
    if isinstance(leaf, StanceIs):
        return any(stance_meets(leaf, s) for s in view.item.tagged.stances)
    return isinstance(leaf, All) or _in_range(leaf, view.item)


def _in_range(leaf: DateRange, item: CoverageItem) -> bool:
    article = item.tagged.article
    moment = article.published or article.fetched_at
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (leaf.start is None or moment >= leaf.start) and (leaf.end is None or moment < leaf.end)


def _near(leaf: Near, field: FieldView) -> tuple[list[Occurrence], list[Occurrence]]:
    """Return the occurrences of each side that have one of the other side near."""
    left, right = field.find(leaf.left), field.find(leaf.right)
    if not left or not right:
        return [], []
    return _with_neighbour(left, right, leaf.distance), _with_neighbour(right, left, leaf.distance)


def _with_neighbour(these: list[Occurrence], others: list[Occurrence], distance: int) -> list[Occurrence]:
    """Those with another that ends or begins at most `distance` tokens away, without overlap; both lists are in order."""
    firsts, lasts = [o[0] for o in others], [o[1] for o in others]
    kept = []
    for first, last in these:
        after = bisect_right(firsts, last)
        before = bisect_left(lasts, first) - 1
        follows = after < len(firsts) and firsts[after] - last - 1 <= distance
        if follows or (before >= 0 and first - lasts[before] - 1 <= distance):
            kept.append((first, last))
    return kept


def spans(node: Node, view: View) -> tuple[Span, ...]:
    """Return where a matching article matches: title, then text, by place, none twice.

    Every branch of an OR that holds counts; what is negated, and a field such as outlet: or after:, shows nothing.
    """
    found: set[tuple[int, int, int]] = set()
    _collect(node, view, found)
    return tuple(view.fields[f].span(a, b) for f, a, b in sorted(found))


def _collect(node: Node, view: View, found: set[tuple[int, int, int]]) -> None:
    if isinstance(node, And):
        for part in node.items:
            _collect(part, view, found)
    elif isinstance(node, Or):
        for branch in node.items:
            if holds(branch, view):
                _collect(branch, view, found)
    elif isinstance(node, FieldEq | StanceIs):
        found.update((int(f == "text"), a, b) for f, a, b in _marked(node, view.item))
    elif not isinstance(node, Not | All | DateRange):
        for field in view.of(node.left.field if isinstance(node, Near) else node.field):
            index = int(field.name == "text")
            found.update((index, *s) for s in _places(node, field))


def _places(leaf: Text | Near, field: FieldView) -> Iterable[tuple[int, int]]:
    if isinstance(leaf, Exact):
        return field.exact_spans(leaf.words)
    occurrences = [o for side in _near(leaf, field) for o in side] if isinstance(leaf, Near) else field.find(leaf)
    return [field.token_span(*o) for o in occurrences]


def _marked(leaf: FieldEq | StanceIs, item: CoverageItem) -> list[tuple[str, int, int]]:
    tagged = item.tagged
    if isinstance(leaf, StanceIs):
        met = (s for s in tagged.stances if stance_meets(leaf, s))
        return [(s.field, s.sentence_start, s.sentence_end) for s in met]
    if leaf.field == "actor":
        return [(m.field, m.start, m.end) for a in tagged.actors if a.id in leaf.values for m in a.mentions]
    if leaf.field == "framing":
        named = (f for f in tagged.framing if {arabic.folded(f.term), arabic.folded(f.camp)} & set(leaf.values))
        return [(f.field, f.start, f.end) for f in named]
    return []
