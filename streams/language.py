"""Which language a text is in, among those that look like Arabic: by letters that only some use, and by small words.

Own method: langid 1.1.6 takes 6 ms for a title, calls Sorani Persian and Arabizi Breton; others bring models of many megabytes.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Final, final

from khabar import folding

FILE: Final = Path(__file__).with_name("language.toml")
SAMPLE: Final = 800
"""So many characters decide; a page's menus and credits come after them."""

_LISTS: Final[dict[str, dict[str, str]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
_LETTERS: Final = {language: frozenset(letters) for language, letters in _LISTS["letters"].items()}
_OWN: Final = {language: frozenset(letters) for language, letters in _LISTS["own"].items()}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _LISTS["words"].items()}
_OTHERS: Final = tuple(language for language in _WORDS if language != "ar")
MOST_KNOWN: Final = 50_000
_ARABIZI: Final = frozenset(_LISTS["latin"]["arabizi"].split())
_LATIN: Final = frozenset(_LISTS["latin"]["other"].split())
_DIGIT_LETTER: Final = re.compile(r"[a-z][23579][a-z]|^[23579][a-z]{2}|[a-z]{2}[23579]$")
_ONE_FORM: Final = str.maketrans("یکہھ", "يكهه")


def detect(text: str) -> str:
    """Return the language of `text`: ar, fa, ur, ckb, ps (ISO 639), "ar-Latn" for Arabizi, or "und".

    Text in Arabic letters that shows nothing else is Arabic; text in other letters, or without letters, is "und".
    """
    words = folding.written(text[:SAMPLE])
    ours = [w for w in words if 0x0620 <= ord(w[0]) <= 0x06D3 or ord(w[0]) == 0x06D5]
    latin = [w for w in words if w.isascii() and not w.isdigit()]
    if ours and len(ours) * 2 >= len(latin):
        return _arabic_script(ours)
    return "ar-Latn" if _is_arabizi(latin) else "und"


def _arabic_script(words: list[str]) -> str:
    """Return the language for which most speaks; another than Arabic needs one sure word, and more than speaks for Arabic."""
    shown = [_SHOWN[word] for word in words]
    scores = dict.fromkeys(_OTHERS, 0.0)
    for word in shown:
        if word.others:
            for language, score in word.others:
                scores[language] += score
    best = max(scores, key=lambda language: scores[language])
    if scores[best] < 1:
        return "ar"
    for_arabic = 0.0
    for word in shown:
        for_arabic += word.arabic
        if for_arabic >= scores[best]:
            return "ar"
    return best


@final
class _Word:
    """How much a word speaks for Arabic, and for which other languages how much."""

    __slots__ = ("arabic", "others")

    def __init__(self, arabic: float, others: tuple[tuple[str, float], ...]) -> None:
        self.arabic: Final = arabic
        self.others: Final = others


class _Shown(dict[str, _Word]):
    """What is known of words; when there are too many it begins anew."""

    def __missing__(self, word: str) -> _Word:
        if len(self) >= MOST_KNOWN:
            self.clear()
        scores = dict(_shows(word))
        found = self[word] = _Word(scores.pop("ar", 0.0), tuple(scores.items()))
        return found


_SHOWN: Final = _Shown()


def _shows(word: str) -> tuple[tuple[str, float], ...]:
    """Return the languages for which a word speaks, and how much."""
    plain = word.translate(_ONE_FORM)
    letters = frozenset(word)
    scores: defaultdict[str, float] = defaultdict(float)
    for language, small in _WORDS.items():
        scores[language] += (plain in small or word in small) + 0.5 * (not _LETTERS[language].isdisjoint(letters))
    for language, own in _OWN.items():
        scores[language] += not own.isdisjoint(letters)
    if len(plain) > 4 and plain.startswith(("ال", "وال", "بال", "لل")):
        scores["ar"] += 0.7
    return tuple((language, score) for language, score in scores.items() if score)


def _is_arabizi(words: list[str]) -> bool:
    """Return whether Latin words are Arabic ones: digits for letters, and more of its small words than English or French ones."""
    digits = sum(bool(_DIGIT_LETTER.search(w)) for w in words)
    known = sum(w in _ARABIZI for w in words)
    foreign = sum(w in _LATIN for w in words)
    shown = digits * 2 + known
    return digits + known >= 2 and shown > foreign and shown * 3 >= len(words)
