"""Sentences of Arabic news: full stops, quotes, abbreviations, titles, and wire text without any stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_END: Final = re.compile(
    r"(?<![\s.])(?<!\b[^\W\d])(?P<dot>\.)(?!\.)[\"'»”’)\]]*(?=\s|$)"  # one dot after a word, not after a lone letter (د. أ.ف.ب.)
    r"|(?P<ask>[؟?!]+)[\"'»”’)\]]*"
    r"|\n+"
)
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(«\"“])(?:\d+|ال[خع]|إلخ|ت|هـ|تحرير|dr|mr|mrs|ms|st|no|vs|inc|ltd|jr|gen|col)$", re.IGNORECASE
)
"""What a dot follows without ending a sentence; a number, only where no word begins after it."""
_OPENING: Final = "«“(["
_CLOSING: Final = {"»": "«", "”": "“", ")": "(", "]": "["}
SHORT_QUOTE: Final = 60
"""A question or exclamation mark inside a quotation no longer than this is part of a title or a slogan."""
LONG: Final = 320
"""A stretch without a stop that is longer is wire text: it is parted where a sentence usually begins."""
_OPENER: Final = re.compile(
    r"(?:[،,:]\s+|\s+)(?=و(?:قال|قالت|أضاف|أضافت|أكد|أكدت|أوضح|أوضحت|أشار|أشارت|تابع|تابعت|ذكر|ذكرت|أعلن|أعلنت|كان|كانت|صرح|صرحت|شدد|شددت"
    r"|لفت|لفتت|نقل|نقلت|اعتبر|اعتبرت|طالب|طالبت|دعا|دعت|جاء|يأتي|تأتي|أفاد|أفادت|نفى|نفت|حذر|حذرت|اتهم|اتهمت|قد)\s)"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of an original text, in order, without white space at their ends."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        spans += _parted(text, *_trimmed(text, start, end))
        start = end
    return spans


def _ends(text: str) -> Iterator[int]:
    for m in _END.finditer(text):
        if m["dot"] and _abbreviates(text, m.start("dot"), m.end()):
            continue
        if m["ask"] and _inside_short_quote(text, m.start(), m.end()):
            continue
        yield m.end()
    yield len(text)


def _abbreviates(text: str, dot: int, end: int) -> bool:
    m = _ABBREVIATED.search(text, max(0, dot - 12), dot)
    if not m:
        return False
    rest = text[end : end + 2].lstrip(" ")
    return not m[0].strip(' («"“').isdigit() or not rest[:1].isalpha()


def _inside_short_quote(text: str, start: int, end: int) -> bool:
    """Return whether a mark stands inside a quotation that opened shortly before it and closes shortly after."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    before, after = text[max(line_start, start - SHORT_QUOTE) : start], text[end : min(line_end, end + SHORT_QUOTE)]
    for closing, opening in _CLOSING.items():
        if before.rfind(opening) > before.rfind(closing) and closing in after:
            return after.index(closing) + len(before) - before.rfind(opening) <= SHORT_QUOTE
    return False


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the span, parted before usual openings of a sentence where it is longer than LONG."""
    if end - start > LONG:
        for m in _OPENER.finditer(text, start, end):
            if m.start() - start > LONG // 4 and end - m.end() > LONG // 8:
                yield start, m.start()
                start = m.end()
    if end > start:
        yield start, end
