"""Arabic text: folding that keeps a map to the original, words with their clitics, sentences.

Matching is done on folded text; what is shown is the original, found again through the map. All offsets are Unicode
code points, half-open.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from functools import lru_cache
from typing import Final

import msgspec

VOWEL_MARKS: Final = "".join(
    map(chr, [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06ED), *range(0x08D3, 0x0900)])
)
TATWEEL: Final = "ـ"
BIDI_CONTROLS: Final = "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
LETTERS: Final = {
    **dict.fromkeys("أإآٱٲٳٵ", "ا"),
    **dict.fromkeys("ىیېۍےئ", "ي"),
    "ؤ": "و",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ک": "ك",
    "ڪ": "ك",
    "گ": "غ",
    "ڤ": "ف",
    "پ": "ب",
    "چ": "ج",
    "ژ": "ز",
}
DIGITS: Final = {chr(base + d): str(d) for base in (0x0660, 0x06F0) for d in range(10)}

_DROPPED: Final = frozenset(VOWEL_MARKS + TATWEEL + BIDI_CONTROLS)
_TABLE: Final[dict[int, str]] = {
    **{ord(c): "" for c in _DROPPED},
    **{ord(a): b for a, b in LETTERS.items()},
    **{ord(a): b for a, b in DIGITS.items()},
}
_COMPATIBILITY: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]")
"""Presentation forms and full-width letters: the only characters that NFKC is asked about."""
_CHANGES_LENGTH: Final = re.compile(f"[{re.escape(''.join(sorted(_DROPPED)))}]|{_COMPATIBILITY.pattern}")


class Folded(msgspec.Struct, frozen=True):
    """Folded text and, for each of its characters, the offset of its source (one more entry: the original's end).

    `offsets` None means that nothing moved.
    """

    text: str
    length: int
    offsets: array[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span for the folded span [start, end); marks after its last letter are included."""
        if self.offsets is None:
            return start, end
        if start == end:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end]


def fold(text: str) -> Folded:
    """Return `text` folded for matching.

    Lower case, one alef, ya for ى and ئ, ha for ة, no marks, tatweel or bidi controls, ASCII digits, presentation forms
    resolved. Folding is idempotent.
    """
    if not _CHANGES_LENGTH.search(text):
        folded = text.translate(_TABLE).lower()
        if len(folded) == len(text):
            return Folded(folded, len(text))
    out: list[str] = []
    offsets = array("L")
    for i, c in enumerate(text):
        piece = unicodedata.normalize("NFKC", c) if _COMPATIBILITY.match(c) else c
        for d in piece.translate(_TABLE).lower():
            if d not in _DROPPED:
                out.append(d)
                offsets.append(i)
    offsets.append(len(text))
    return Folded("".join(out), len(text), offsets)


def folded(text: str) -> str:
    """Return only the folded text; several times quicker than `fold`, which also keeps the map."""
    resolved = _COMPATIBILITY.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    return resolved.translate(_TABLE).lower()


WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
"""A word of folded text: letters and digits."""


class Token(msgspec.Struct, frozen=True):
    """A word of folded text: its span there and the terms under which it is found (itself first)."""

    start: int
    end: int
    terms: tuple[str, ...]


@lru_cache(maxsize=200_000)
def index_terms(word: str) -> tuple[str, ...]:
    """Return the terms under which a folded word is found: itself, then itself without each run of leading clitics.

    An alternative, not a cut: وفد keeps its و and is also tried without it. A stem of fewer than three letters (two
    after ال) is no alternative.
    """
    terms = [word]
    if not ("\u0621" <= word[:1] <= "\u064a"):
        return (word,)
    starts = {0}
    if word[0] in "وف":
        starts.add(1)
    for s in sorted(starts):
        if word[s : s + 1] in ("ب", "ك", "ل", "س"):
            starts.add(s + 1)
    for s in sorted(starts):
        _add(terms, word[s:], 3)
        if word.startswith("ال", s) or word.startswith("لل", s):
            _add(terms, word[s + 2 :], 2)
    return tuple(terms)


def _add(terms: list[str], stem: str, least: int) -> None:
    if len(stem) >= least and stem not in terms:
        terms.append(stem)


@lru_cache(maxsize=50_000)
def query_term(word: str) -> str:
    """Return the one term that a word of a query asks for: folded, without its article.

    It finds a token whose `index_terms` hold it, so وفاق and الوفاق find one another.
    """
    word = folded(word)
    return word[2:] if word.startswith("ال") and len(word) >= 4 else word


PROCLITIC_RUNS: Final = tuple(c + p + a for c in ("", "و", "ف") for p in ("", "ب", "ك", "ل", "س") for a in ("", "ال", "لل"))
"""All that `index_terms` may take off a word's beginning."""


@lru_cache(maxsize=50_000)
def surface_forms(term: str) -> tuple[str, ...]:
    """Return the folded words that `term` finds: the inverse of `index_terms`, for an index that keeps words as they stand."""
    return tuple(dict.fromkeys(b + term for b in PROCLITIC_RUNS if term in index_terms(b + term)))


def tokens(folded_text: str) -> list[Token]:
    """Return the words of folded text in order; a word's position is its index."""
    return [Token(m.start(), m.end(), index_terms(m.group())) for m in WORD.finditer(folded_text)]


_BREAK: Final = re.compile(r" ?(?:[^\w ]|_)(?:[^\w]|_)*| {2,}")
"""All between two words that is more than one space."""
_SOFT: Final = frozenset(" \"'«»“”„‟‘’‚‹›()[]{}_#*")
"""What may stand between two words of one name; a hyphen too, where no space is beside it."""


class Line(msgspec.Struct, frozen=True):
    """A matching text and the way back to the folded text: ascending positions with the shift that holds from there on."""

    text: str
    starts: array[int]
    shifts: array[int]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the folded text of a span of whole words in the matching text."""
        i, j = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1) - 1
        return start + self.shifts[i], end + self.shifts[j]


def matching_line(folded_text: str) -> Line:
    """Return folded text as one line for matching: words with one space between them, and one at both ends.

    Quotes, brackets, a hyphen within a word and white space count as a space; any other mark stands as a word of its own,
    a comma as ، and the rest as . (a line's end too), so that no form reaches across it.
    """
    out: list[str] = [" "]
    starts, shifts = array("l", [0]), array("l", [-1])
    size, last = 1, 0
    for m in _BREAK.finditer(folded_text):
        begin, end = m.span()
        size += begin - last
        out.append(folded_text[last:begin])
        gap = _gap(m.group())
        out.append(gap)
        size += len(gap)
        last = end
        starts.append(size)
        shifts.append(end - size)
    out.append(folded_text[last:])
    if not out[-1] or out[-1][-1] != " ":
        out.append(" ")
    return Line("".join(out), starts, shifts)


def _gap(between: str) -> str:
    marks = set(between) - _SOFT
    if not marks or between in ("-", "–"):
        return " "
    return " ، " if marks <= {"،", ","} else " . "


_SENTENCE_END: Final = re.compile(r"(?<!\b[\wء-ي])(?<!\d)[.!?؟…]+[\"'»”’)\]]*(?=\s|$)|[؟!][\"'»”’)\]]*|\d\.(?=\s+[^\W\d])|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of an original text, in order, without white space at their ends."""
    spans: list[tuple[int, int]] = []
    start = 0
    for m in _SENTENCE_END.finditer(text):
        _keep(spans, text, start, m.end())
        start = m.end()
    _keep(spans, text, start, len(text))
    return spans


def _keep(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        spans.append((start + left, start + right))
