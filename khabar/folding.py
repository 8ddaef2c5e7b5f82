"""Folding: the same word in every spelling becomes the same letters, with a way back to the original.

Three kinds of steps. Presentation forms and ligatures are resolved (one character may become several), marks that do not
count are dropped, and letters are unified one for one. The first two keep a map; the last moves nothing. All offsets are
Unicode code points, half-open.

Nearly every article is written in two hundred characters. Such a text is turned into one byte a character (a charmap
codec) and folded by bytes.translate, six times as quick as str.replace, letter by letter, which the others go through;
str.translate with a dict is slower than either.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, final

VOWEL_MARKS: Final = "".join(
    map(chr, [*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06ED), *range(0x08D3, 0x0900)])
)
TATWEEL: Final = "ـ"
BIDI_CONTROLS: Final = "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
ALEF_FORMS: Final = dict.fromkeys("أإآٱٲٳٵ", "ا")
YA_FORMS: Final = dict.fromkeys("ىیېۍے", "ي")
HAMZA_CARRIERS: Final = {"ئ": "ي", "ؤ": "و"}
TA_MARBUTA: Final = dict.fromkeys("ةۀہھ", "ه")
NEIGHBOURS: Final = {"ک": "ك", "ڪ": "ك", "گ": "غ", "ڤ": "ف", "پ": "ب", "چ": "ج", "ژ": "ز"}
"""Letters of Persian, Urdu and of dialects, as Arabic outlets write the same names."""
DIGITS: Final = {chr(base + d): str(d) for base in (0x0660, 0x06F0) for d in range(10)}
LETTERS: Final = {**ALEF_FORMS, **YA_FORMS, **HAMZA_CARRIERS, **TA_MARBUTA, **NEIGHBOURS}
DROPPED: Final = frozenset(VOWEL_MARKS + TATWEEL + BIDI_CONTROLS)

_DROPPED: Final = re.compile(f"[{re.escape(''.join(sorted(DROPPED)))}]")
WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
"""A word of folded text: letters and digits."""
_NO_WORD: Final = re.compile(r"[\W_]", re.UNICODE)
PIECE: Final = re.compile(r"[^\W_]+|[^\w\s]")
"""A word, or a mark, which is one character that is no letter, digit, underscore or white space."""
_BREAK: Final = re.compile(r"[^\w ]\W*")
_lower: Final[Callable[[str], str]] = str.lower
"""By this name, since mypyc makes of text.lower() a loop over letters, which knows no final sigma."""
_DIGIT: Final = re.compile("[٠-٩۰-۹]")
_COMPATIBILITY: Final = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]")
"""Presentation forms, Arabic ligatures and full-width letters: the only characters that NFKC is asked about."""


@final
class Folded:
    """Folded text and the way back.

    `dropped` has, for each character that was dropped, where it would stand in `text`, and `marks` where it stood before
    dropping; `resolved`, where something was resolved, has the source offset of each character of the text before
    dropping, and the original's length.
    """

    def __init__(
        self,
        text: str,
        length: int,
        dropped: list[int] | None = None,
        marks: list[int] | None = None,
        resolved: array[int] | None = None,
    ) -> None:
        self.text: Final = text
        self.length: Final = length
        self.dropped: Final = dropped
        self.marks: Final = marks
        self.resolved: Final = resolved
        self._before = self._from = self._until = 0
        """How many were dropped up to where it was asked last, and the positions between which that holds."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span for the folded span [start, end); marks after its last letter are included."""
        if self.dropped is None and self.resolved is None:
            return start, end
        return self._source(start), self._source(end)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the folded span of the original span [start, end): the inverse of `original`."""
        return self._position(start), self._position(end)

    def _position(self, source: int) -> int:
        if self.resolved is not None:
            source = bisect_left(self.resolved, source)
        return source if self.marks is None else source - bisect_left(self.marks, source)

    def _source(self, position: int) -> int:
        if self.dropped is not None:
            if not self._from <= position < self._until:
                self._seek(self.dropped, position)
            position += self._before
        return position if self.resolved is None else self.resolved[position]

    def _seek(self, dropped: list[int], position: int) -> None:
        """Find how many were dropped up to a position: a few steps from the last answer, since spans are asked for in order."""
        count = self._before
        if position < self._from:
            count = bisect_right(dropped, position)
        while count < len(dropped) and dropped[count] <= position:
            count += 1
        self._before = count
        self._from = dropped[count - 1] if count else 0
        self._until = dropped[count] if count < len(dropped) else self.length + 1


def fold(text: str) -> Folded:
    """Return `text` folded for matching.

    Lower case, one alef, ya for ى and ئ, ha for ة, no marks, tatweel or bidi controls, ASCII digits, presentation forms
    resolved. Folding is idempotent.
    """
    codes = _codes(text)
    if codes is None:
        return fold_any(text)
    plain = _decoded(codes, _PLAIN)
    if len(plain) == len(text):
        return Folded(plain, len(text))
    dropped, marks = _dropped([m.start() for m in _DROPPED_CODE.finditer(codes)])
    return Folded(plain, len(text), dropped, marks)


def folded(text: str) -> str:
    """Return only the folded text."""
    codes = _codes(text)
    return fold_any(text).text if codes is None else _decoded(codes, _PLAIN)


def spaced(text: str) -> str:
    """Return the folded text with a space for each character that is no letter or digit: its words, each in its place."""
    codes = _codes(text)
    return _NO_WORD.sub(" ", fold_any(text).text) if codes is None else _decoded(codes, _SPACED)


def written(text: str) -> list[str]:
    """Return the words of a text as they are written, but in lower case and without what folding drops."""
    codes = _codes(text)
    return WORD.findall(_lower(_DROPPED.sub("", text))) if codes is None else _decoded(codes, _WRITTEN).split()


def pieces(folded_text: str) -> list[str]:
    """Return the words and the marks of a folded text in order: its runs of letters and digits, and what else is no space."""
    codes = _codes(folded_text)
    if codes is None:
        return PIECE.findall(folded_text)
    for mark in set(codes.translate(None, _NO_MARKS)):
        codes = codes.replace(_BYTES[mark], _APART[mark])
    return codecs.charmap_decode(codes, "strict", _PIECES)[0].split()


def breaks(folded_text: str) -> list[tuple[int, int]]:
    """Return the spans that begin with a character that is neither of a word nor a space, each up to the next word.

    An underscore counts as of a word.
    """
    codes = _codes(folded_text)
    if codes is None:
        return [m.span() for m in _BREAK.finditer(folded_text)]
    return [m.span() for m in _BREAK_KIND.finditer(codes.translate(_KINDS))]


def _codes(text: str) -> bytes | None:
    """Return a byte for each character; None where one is not among the common ones."""
    try:
        return codecs.charmap_encode(text, "strict", _CODES)[0]
    except UnicodeEncodeError:
        return None


def _decoded(codes: bytes, letters: str) -> str:
    return codecs.charmap_decode(codes.translate(None, _DROPPED_CODES), "strict", letters)[0]


def fold_any(text: str) -> Folded:
    """Return what `fold` does, whatever characters there are."""
    length = len(text)
    resolved = None
    if _COMPATIBILITY.search(text):
        text, resolved = resolve_forms(text)
    text, dropped, marks = drop_marks(text)
    return Folded(unify_letters(text), length, dropped, marks, resolved)


def resolve_forms(text: str) -> tuple[str, array[int]]:
    """Return `text` with presentation forms and ligatures as plain letters, and each character's source offset."""
    pieces: list[str] = []
    offsets = array("L")
    last = 0
    for m in _COMPATIBILITY.finditer(text):
        plain = unicodedata.normalize("NFKC", m[0])
        pieces += (text[last : m.start()], plain)
        offsets.extend(range(last, m.start()))
        offsets.extend([m.start()] * len(plain))
        last = m.end()
    pieces.append(text[last:])
    offsets.extend(range(last, len(text) + 1))
    return "".join(pieces), offsets


def drop_marks(text: str) -> tuple[str, list[int] | None, list[int] | None]:
    """Return `text` without vowel marks, tatweel and bidi controls, where each of them would stand in it, and where it stood."""
    at = [m.start() for m in _DROPPED.finditer(text)]
    return (_DROPPED.sub("", text), *_dropped(at)) if at else (text, None, None)


def _dropped(at: list[int]) -> tuple[list[int], list[int]]:
    """Return where marks that stood `at` these places would stand in the text without them, and `at`."""
    return [position - i for i, position in enumerate(at)], at


def unify_letters(text: str) -> str:
    """Return `text` in lower case with one letter for the forms of each, and ASCII digits; nothing moves."""
    for letter, plain in LETTERS.items():
        text = text.replace(letter, plain)
    if _DIGIT.search(text):
        text = unify_digits(text)
    return _lower(text.replace("İ", "i"))  # the only letter whose lower case is two


def unify_digits(text: str) -> str:
    """Return `text` with Arabic and Persian digits as ASCII ones."""
    for digit, plain in DIGITS.items():
        text = text.replace(digit, plain)
    return text


COMMON: Final = "".join(
    dict.fromkeys(  # \0 must be the first, or the codec falls back to a dict, and is slow
        "\0\t\n\r"
        + "".join(map(chr, [*range(0x20, 0x7F), *range(0x0621, 0x063B), *range(0x0640, 0x0656), 0x0670]))
        + "".join([*LETTERS, *DIGITS])
        + "ہھٔٹڈڑںڨڭ،؛؟٪٫٬۔\u00a0\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\ufeff\u00ad"
        + "«»“”„‘’‚‹›–—―…•·°©®″′€£×÷éèêëàâçôöüïîñáíóúä"
    )
)
"""The characters of the quick way, at most 256: none that becomes several, or is folded otherwise beside others."""
_CODES: Final = codecs.charmap_build(COMMON.ljust(256, "\ufffe"))
_DROPPED_CODES: Final = bytes(code for code, c in enumerate(COMMON) if c in DROPPED)
_DROPPED_CODE: Final = re.compile(b"[" + re.escape(_DROPPED_CODES) + b"]")
_PLAIN: Final = "".join("-" if c in DROPPED else fold_any(c).text for c in COMMON)
_SPACED: Final = "".join(c if WORD.match(c) else " " for c in _PLAIN)
_WRITTEN: Final = "".join(c.lower() if WORD.match(c.lower()) else " " for c in COMMON)
_PIECES: Final = "".join(c if PIECE.match(c) else " " for c in COMMON)
_NO_MARKS: Final = bytes(code for code, c in enumerate(_PIECES) if WORD.match(c) or c == " ")
_KINDS: Final = bytes(ord("w" if re.match(r"\w", c) else " " if c == " " else "x") for c in COMMON.ljust(256))
_BREAK_KIND: Final = re.compile(b"x[x ]*")
_BYTES: Final = [bytes([code]) for code in range(256)]
_SPACE: Final = bytes([COMMON.index(" ")])
_APART: Final = [_SPACE + code + _SPACE for code in _BYTES]
