"""Sentences of Arabic news: full stops, quotes, abbreviations, titles, and wire text without any stop."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

_END: Final = re.compile(
    r"[.؟?!\n](?:"  # the mark first, so that re runs to the next one; what must stand before it is asked after it
    r"(?<=\.)(?<![\s.]\.)(?<!\b[^\W\d]\.)(?!\.)[\"'»”’)\]]*(?=\s|$)"  # a dot after a word, not a lone letter (د. أ.ف.ب.)
    r"|(?<=[؟?!])[؟?!]*[\"'»”’)\]]*"
    r"|(?<=\n)\n*)"
)
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(«\"“])(?:\d+|ال[خع]|إلخ|ت|هـ|تحرير|dr|mr|mrs|ms|st|no|vs|inc|ltd|jr|gen|col)$", re.IGNORECASE
)
"""What a dot follows without ending a sentence; a number, only where no word begins after it."""
MOST_QUOTED: Final = 300
"""A mark inside a quotation no longer than this ends no sentence: the sentence goes on round it."""
_PAIRED: Final = re.compile(
    rf"«[^«»\n]{{1,{MOST_QUOTED}}}»|“[^“”\n]{{1,{MOST_QUOTED}}}”|\([^()\n]{{1,{MOST_QUOTED}}}\)|\[[^\[\]\n]{{1,{MOST_QUOTED}}}\]"
)
LONG: Final = 1000
"""A stretch without a stop that is longer is wire text: it is parted where a sentence usually begins."""
LONGEST: Final = 2000
"""No sentence is longer: what has neither stops nor such beginnings is cut between two words."""
_OPENER: Final = re.compile(
    r"(?:[،,:]\s+|\s+)(?=و(?:قال|قالت|أضاف|أضافت|أكد|أكدت|أوضح|أوضحت|أشار|أشارت|تابع|تابعت|ذكر|ذكرت|أعلن|أعلنت|كان|كانت|صرح|صرحت|شدد|شددت"
    r"|لفت|لفتت|نقل|نقلت|اعتبر|اعتبرت|طالب|طالبت|دعا|دعت|جاء|يأتي|تأتي|أفاد|أفادت|نفى|نفت|حذر|حذرت|اتهم|اتهمت|قد)\s)"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of an original text, in order, without white space at their ends."""
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        a, b = _trimmed(text, start, end)
        if b - a > LONG:
            spans += _parted(text, a, b)
        elif b > a:
            spans.append((a, b))
        start = end
    return spans


def _ends(text: str) -> list[int]:
    quotations = _quotations(text)
    starts = [start for start, _ in quotations]
    ends: list[int] = []
    for m in _END.finditer(text):
        at, end = m.span()
        mark = text[at]
        if mark == "." and _abbreviates(text, at, end):
            continue
        if mark != "\n":
            i = bisect_right(starts, at) - 1
            if i >= 0 and end < quotations[i][1]:
                continue
        ends.append(end)
    ends.append(len(text))
    return ends


def _quotations(text: str) -> list[tuple[int, int]]:
    """Return the spans of short quotations and brackets, in order; of plain quotes, in lines where they come in pairs."""
    found = [m.span() for m in _PAIRED.finditer(text)]
    if '"' in text:
        begin = 0
        for line in text.split("\n"):
            if line.count('"') % 2 == 0:
                found += _pairs(text, begin, begin + len(line))
            begin += len(line) + 1
    return sorted(found)


def _pairs(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """Return the short spans between plain quotes, two by two, from `begin` to `end`."""
    found: list[tuple[int, int]] = []
    opened = text.find('"', begin, end)
    while opened >= 0:
        closed = text.find('"', opened + 1, end)
        if closed - opened <= MOST_QUOTED:
            found.append((opened, closed + 1))
        opened = text.find('"', closed + 1, end)
    return found


def _abbreviates(text: str, dot: int, end: int) -> bool:
    m = _ABBREVIATED.search(text, max(0, dot - 12), dot)
    if not m:
        return False
    rest = text[end : end + 2].lstrip(" ")
    return not m[0].strip(' («"“').isdigit() or not rest[:1].isalpha()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span that is longer than LONG parted before usual openings of a sentence, and at LONGEST anyhow."""
    for m in _OPENER.finditer(text, start, end):
        if m.start() - start > LONG // 3 and end - m.end() > LONG // 8:
            yield from _cut(text, start, m.start())
            start = m.end()
    yield from _cut(text, start, end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        middle = space if space > 0 else start + LONGEST
        yield start, middle
        start = _trimmed(text, middle, end)[0]
    if end > start:
        yield start, end
