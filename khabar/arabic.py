"""Arabic text: words with their clitics, and one line of words to match in; folding and sentences are told from here too.

Matching is done on folded text; what is shown is the original, found again through the map. All offsets are Unicode
code points, half-open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, final

from khabar.folding import DIGITS, VOWEL_MARKS, WORD, Folded, breaks, fold, folded, spaced
from khabar.sentences import sentences

__all__ = [
    "DIGITS",
    "VOWEL_MARKS",
    "WORD",
    "Folded",
    "Line",
    "Token",
    "all_index_terms",
    "beginnings",
    "fold",
    "folded",
    "index_terms",
    "matching_line",
    "query_term",
    "sentences",
    "shorter_terms",
    "spaced",
    "surface_forms",
    "tokens",
    "with_pronoun",
]


@final
class Token:
    """A word of folded text: its span there and the terms under which it is found (itself first)."""

    def __init__(self, start: int, end: int, terms: tuple[str, ...]) -> None:
        self.start: Final = start
        self.end: Final = end
        self.terms: Final = terms


_PREPOSITIONS: Final = frozenset("بكلس")
_CLITIC_LETTERS: Final = frozenset("وفبكلس")
_REMEMBERED: Final = 200_000


def index_terms(word: str) -> tuple[str, ...]:
    """Return the terms under which a folded word is found: itself, then itself without each run of leading clitics.

    An alternative, not a cut: وفد keeps its و and is also tried without it. A stem of fewer than three letters (two
    after ال) is no alternative.
    """
    return (word,) if word in _WHOLE else (word, *_SHORTER[word])


def all_index_terms(words: Iterable[str]) -> set[str]:
    """Return the terms under which any of these folded words is found."""
    found = set(words)
    found.update(*map(_SHORTER.__getitem__, found - _WHOLE))
    return found


_WHOLE: Final[set[str]] = set()
"""Words, remembered, that are found under nothing but themselves: most of a text's."""


class _Shorter(dict[str, tuple[str, ...]]):
    """The other terms by word, remembered: when there are too many all are forgotten, the common ones are soon back."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) + len(_WHOLE) >= _REMEMBERED:
            self.clear()
            _WHOLE.clear()
        found = shorter_terms(word)
        if found:
            self[word] = found
        else:
            _WHOLE.add(word)
        return found


_SHORTER: Final = _Shorter()


def shorter_terms(word: str) -> tuple[str, ...]:
    """Return the `index_terms` of a folded word but for itself, worked out anew."""
    first = word[:1]
    if first == "ا":
        return (word[2:],) if len(word) >= 4 and word.startswith("ال") else ()
    if first not in _CLITIC_LETTERS:
        return ()
    length, terms = len(word), list[str]()
    starts = [0, 1] if first in ("و", "ف") else [0]
    if word[starts[-1] : starts[-1] + 1] in _PREPOSITIONS:
        starts.append(starts[-1] + 1)
    for s in starts:
        if s and length - s >= 3:
            terms.append(word[s:])
        if length - s >= 4 and word.startswith(("ال", "لل"), s):
            terms.append(word[s + 2 :])
    return tuple(terms)


@lru_cache(maxsize=50_000)
def query_term(word: str) -> str:
    """Return the one term that a word of a query asks for: folded, without its article.

    It finds a token whose `index_terms` hold it, so وفاق and الوفاق find one another.
    """
    word = folded(word)
    return word[2:] if word.startswith("ال") and len(word) >= 4 else word


_ARTICLES: Final = ("", "ال", "لل")
PROCLITIC_RUNS: Final = tuple(c + p + a for a in _ARTICLES for c in ("", "و", "ف") for p in ("", "ب", "ك", "ل", "س"))
"""All that `index_terms` may take off a word's beginning, nothing first."""
_ARTICLE_RUNS: Final = tuple(run for run in PROCLITIC_RUNS if run.endswith(_ARTICLES[1:]))


def surface_forms(term: str) -> list[str]:
    """Return the folded words that `term` finds, itself first: the inverse of `index_terms`, for what knows only words."""
    if len(term) >= 3:
        return [run + term for run in PROCLITIC_RUNS]
    return [term, *(run + term for run in _ARTICLE_RUNS)] if len(term) == 2 else [term]


def beginnings(word: str) -> list[tuple[int, bool]]:
    """Return how many letters of a folded word may be clitics, ascending, and whether an article (or لل) follows them."""
    ends = [0]
    if word[:1] == "ا":
        ends.append(1)
    for letters in ("وف", "بكلس"):
        ends += [cut + 1 for cut in ends if cut < len(word) and word[cut] in letters]
    found: list[tuple[int, bool]] = []
    for cut in sorted(set(ends)):
        found.append((cut, False))
        if word.startswith(("ال", "لل"), cut):
            found.append((cut, True))
    return found


def with_pronoun(noun: str, pronoun: str) -> str:
    """Return a folded noun with a pronoun suffix as it is written: حكومه with ه is حكومته."""
    return (noun[:-1] + "ت" if noun.endswith("ه") else noun) + pronoun


def tokens(folded_text: str) -> list[Token]:
    """Return the words of folded text in order; a word's position is its index."""
    return [Token(m.start(), m.end(), index_terms(m.group())) for m in WORD.finditer(folded_text)]


_SOFT: Final = frozenset("\t \u00a0\u2007\u2009\u200a\u202f\"'«»“”„‟‘’‚‹›()[]{}_#*")
"""What may stand between two words of one name; a hyphen too, where no space is beside it."""


@final
class Line:
    """A matching text and the way back to the folded text: ascending positions with the shift that holds from there on."""

    def __init__(self, text: str, starts: list[int], shifts: list[int]) -> None:
        self.text: Final = text
        self.starts: Final = starts
        self.shifts: Final = shifts
        self._at = 0
        self._shift = shifts[0]
        self._until = starts[1] if len(starts) > 1 else len(text) + 1
        """Which of the shifts holds where it was asked last, and up to which position."""

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the folded text of a span of whole words in the matching text; a few steps, if asked in order."""
        if not self.starts[self._at] <= start < self._until:
            self._seek(start)
        first = start + self._shift
        if end > self._until:
            self._seek(end - 1)
        return first, end + self._shift

    def _seek(self, position: int) -> None:
        """Find the shift at a position, from the last one on or, where that is behind it, anew."""
        starts, at = self.starts, self._at
        if starts[at] > position:
            at = bisect_right(starts, position) - 1
        while at + 1 < len(starts) and starts[at + 1] <= position:
            at += 1
        self._at = at
        self._shift = self.shifts[at]
        self._until = starts[at + 1] if at + 1 < len(starts) else len(self.text) + 1


def matching_line(folded_text: str) -> Line:
    """Return folded text as one line for matching: words with one space between them, and one at both ends.

    Quotes, brackets, a hyphen within a word and white space count as a space; any other mark stands as a word of its own,
    a comma as ، and the rest as . (a line's end too), so that no form reaches across it.
    """
    folded_text = folded_text.replace("_", " ").replace("  ", " \t")
    out: list[str] = [" "]
    starts, shifts = [0], [-1]
    size, last = 1, 0
    for begin, end in breaks(folded_text):
        piece = folded_text[last:begin].removesuffix(" ")
        gap = _gap(folded_text[begin:end])
        out += (piece, gap)
        size += len(piece) + len(gap)
        last = end
        starts.append(size)
        shifts.append(end - size)
    out += (folded_text[last:], " ")
    return Line("".join(out), starts, shifts)


@lru_cache(maxsize=10_000)
def _gap(between: str) -> str:
    marks = set(between) - _SOFT
    if not marks or between in ("-", "–"):
        return " "
    return " ، " if marks <= {"،", ","} else " . "
