"""An article made ready once for many queries: its fields' words, and, made when first asked for, where they stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from khabar import arabic
from khabar.query.tree import Phrase, Prefix, Term, Text
from khabar.schema import CoverageItem, Span

_MARKS: Final = re.escape(arabic.VOWEL_MARKS)
_EXACT_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")

_CLOSE: Final = 4000
"""Words are counted where they stand up to so many characters apart, and found by bisection beyond."""

Place = tuple[int, int]
"""Where something stands in a field's line: start and end."""


def exact_words(text: str) -> list[tuple[int, int]]:
    """Return the spans of the words of an original text that ="..." compares: letters and digits with their vowel marks."""
    return [m.span() for m in _EXACT_WORD.finditer(text)]


class _Exact:
    """The words of a field as they are written: their spans, and each one's positions."""

    def __init__(self, text: str) -> None:
        self.spans = exact_words(text)
        self.postings: dict[str, list[int]] = {}
        for position, (start, end) in enumerate(self.spans):
            self.postings.setdefault(text[start:end], []).append(position)


class FieldView:
    """One field made ready: `line` is its words in their places.

    It is the folded text with a space for all that is no word, and one more at both ends.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.line = f" {arabic.spaced(text)} "
        self._terms: set[str] | None = None
        self._folded: arabic.Folded | None = None
        self._starts: list[int] | None = None
        self._exact: _Exact | None = None
        self._found: dict[str, list[Place]] = {}

    @property
    def terms(self) -> set[str]:
        """The terms under which its words are found."""
        if self._terms is None:
            self._terms = arabic.all_index_terms(self.line.split(" "))
        return self._terms

    def span(self, place: tuple[int, int]) -> Span:
        """Return a span of the original text."""
        start, end = place
        return Span(field=self.name, start=start, end=end, text=self.text[start:end])

    def original(self, place: Place) -> tuple[int, int]:
        """Return the span in the original of a place in the line."""
        return self._fold().original(place[0] - 1, place[1] - 1)

    def near(self, end: int, start: int, distance: int) -> bool:
        """Return whether at most `distance` words stand between two, of which one ends at `end`, the other begins at `start`."""
        if start - end < _CLOSE:
            return len(self.line[end:start].split(None, distance)) <= distance
        if self._starts is None:
            self._starts = [m.start() for m in arabic.WORD.finditer(self.line)]
        return bisect_left(self._starts, start) - bisect_left(self._starts, end) <= distance

    def exact_terms(self) -> list[str]:
        """Return the words as they are written, each once."""
        return list(self._as_written().postings)

    def find(self, leaf: Text) -> list[Place]:
        """Return where a word, phrase or prefix stands in the line, in order."""
        if isinstance(leaf, Term):
            return self._term(leaf.word)
        if isinstance(leaf, Phrase):
            return self._phrase(leaf.words)
        if isinstance(leaf, Prefix):
            return sorted({p for term in self.terms if term.startswith(leaf.stem) for p in self._term(term)})
        exact = [self._fold().within(*s) for s in self.exact_spans(leaf.words)]
        return [(self.line.rfind(" ", 0, a + 1) + 1, self.line.find(" ", b + 1)) for a, b in exact]

    def _term(self, term: str) -> list[Place]:
        found = self._found.get(term)
        if found is None:
            missing = self._terms is not None and term not in self._terms
            found = self._found[term] = [] if missing else self._search(term)
        return found

    def _search(self, term: str) -> list[Place]:
        """Find a term at the ends of words, where all terms are."""
        line, length = self.line, len(term)
        found = []
        at = line.find(term)
        while at >= 0:
            end = at + length
            if line[end] == " ":  # to look for the space too takes twice the time: there are so many
                start = line.rfind(" ", 0, at) + 1
                if start == at or term in arabic.index_terms(line[start:end]):
                    found.append((start, end))
            at = line.find(term, at + 1)
        return found

    def _phrase(self, asked: tuple[str, ...]) -> list[Place]:
        """Find a phrase where one of its words is: one that was looked for before, else a long one, which is rare."""
        known = [i for i, word in enumerate(asked) if word in self._found]
        anchor = known[0] if known else asked.index(max(asked, key=len))
        line, before, after = self.line, asked[:anchor], asked[anchor + 1 :]
        found = []
        for place in self._term(asked[anchor]):
            start = _start(line, place[0], before)
            end = _end(line, place[1], after) if start else 0
            if end:
                found.append((start, end))
        return found

    def exact_spans(self, asked: tuple[str, ...]) -> list[tuple[int, int]]:
        """Return where these words stand letter for letter, as spans of the original."""
        spans, postings = self._as_written().spans, self._as_written().postings
        last = len(spans) - len(asked)
        return [
            (spans[p][0], spans[p + len(asked) - 1][1])
            for p in postings.get(asked[0], ())
            if p <= last and all(self.text[slice(*spans[p + i])] == w for i, w in enumerate(asked))
        ]

    def _fold(self) -> arabic.Folded:
        if self._folded is None:
            self._folded = arabic.fold(self.text)
        return self._folded

    def _as_written(self) -> _Exact:
        if self._exact is None:
            self._exact = _Exact(self.text)
        return self._exact


def _start(line: str, start: int, words: tuple[str, ...]) -> int:
    """Return where the words found under these begin that stand before `start`; 0 where others stand there."""
    for word in reversed(words):
        end = start - 1
        while line[end - 1] == " " and end > 0:
            end -= 1
        start = line.rfind(" ", 0, end) + 1
        if not line.endswith(word, start, end) or word not in arabic.index_terms(line[start:end]):
            return 0
    return start


def _end(line: str, end: int, words: tuple[str, ...]) -> int:
    """Return where the words found under these end that stand after `end`; 0 where others stand there."""
    for word in words:
        start = end + 1
        while line[start : start + 1] == " ":
            start += 1
        end = line.find(" ", start)
        if not line.endswith(word, start, end) or word not in arabic.index_terms(line[start:end]):
            return 0
    return end


class View:
    """An article made ready once for many queries."""

    def __init__(self, item: CoverageItem) -> None:
        article = item.tagged.article
        self.item = item
        title, text = FieldView("title", article.title), FieldView("text", article.text)
        self.fields = (title, text)
        either = tuple(f for f in self.fields if f.text)
        self._of: dict[str, Sequence[FieldView]] = {"": either, "title": (title,), "text": (text,)}
        self._line = title.line + text.line if title.text else text.line
        self._keywords: dict[str, frozenset[str]] | None = None

    def of(self, name: str) -> Sequence[FieldView]:
        """Return the fields that a leaf with this `field` looks into."""
        return self._of[name]

    @property
    def words(self) -> list[str]:
        """The words of its fields, and empty ones between."""
        return self._line.split(" ")  # a quarter quicker than split()

    def may_have(self, term: str) -> bool:
        """Return whether a word ends in `term`, as all do that are found under it."""
        return term in self._line and f"{term} " in self._line  # mostly not, and the first is twice as quick

    @property
    def terms(self) -> set[str]:
        """The terms under which the words of its fields are found."""
        return self.fields[0].terms | self.fields[1].terms

    def finds(self, leaf: Text) -> bool:
        """Return whether a word, phrase or prefix stands in a field that it looks into."""
        for field in self._of[leaf.field]:  # noqa: SIM110  # twice as quick as any(), and this is run for every candidate
            if field.find(leaf):
                return True
        return False

    @property
    def keywords(self) -> dict[str, frozenset[str]]:
        """What FieldEq compares, by field."""
        if self._keywords is None:
            self._keywords = keywords(self.item)
        return self._keywords


_folded: Final = lru_cache(maxsize=10_000)(arabic.folded)


def keywords(item: CoverageItem) -> dict[str, frozenset[str]]:
    """Return the values of an article that FieldEq compares, by field: what every store indexes for it."""
    tagged, article = item.tagged, item.tagged.article
    return {
        "outlet": frozenset(_folded(x) for x in (article.outlet, article.outlet_name) if x),
        "country": frozenset((article.country.upper(),)),
        "lang": frozenset((tagged.language,)),
        "story": frozenset((item.story,)),
        "actor": frozenset(a.id for a in tagged.actors),
        "framing": frozenset(_folded(x) for f in tagged.framing for x in (f.term, f.camp) if x),
    }
