"""Direct quotations of a text: where they begin and end, by all quotation marks that Arabic outlets use."""

from __future__ import annotations

import re
from typing import Final

PAIRS: Final = {"“": "”", "«": "»", "„": "“”", "‹": "›", "‘": "’", "❝": "❞", "”": "”“"}
"""Opening marks and what may close each. A straight mark closes what a straight mark opened; some keyboards type ” first."""
STRAIGHT: Final = "\"'＂"
_MARK: Final = re.compile(r"[“”«»„‹›‘’❝❞\"＂\n'`](?:(?<!['`])|(?<=(?<!\w)')|(?<=')(?!\w)|(?<=')'|(?<=`)`)")
"""All begin with one set of characters, so that re runs to the next of them; an apostrophe inside a word is none."""
MIN_WORDS: Final = 4
"""A shorter stretch between marks is a name or a loose word, not speech."""


def spans(text: str) -> list[tuple[int, int]]:
    """Return the spans between outermost quotation marks, marks left out, in order; a line end closes what is open."""
    found: list[tuple[int, int]] = []
    stack: list[str] = []
    start = 0
    for m in _MARK.finditer(text):
        mark = m[0]
        if mark == "\n":
            if stack:
                found.append((start, m.start()))
                stack.clear()
        elif stack and mark in _closers(stack[-1]):
            stack.pop()
            if not stack:
                found.append((start, m.start()))
        elif mark in PAIRS or mark[0] in STRAIGHT or mark == "``":
            if not stack:
                start = m.end()
            if len(stack) < MAX_DEPTH:
                stack.append(mark)
    if stack:
        found.append((start, len(text)))
    return found


MAX_DEPTH: Final = 4
"""Deeper marks are noise."""


def _closers(opening: str) -> tuple[str, ...]:
    if opening in PAIRS:
        return tuple(PAIRS[opening])
    return ("''",) if opening == "``" else (opening,)


def speech(text: str) -> list[tuple[int, int]]:
    """Return the spans of quotations that are long enough to be somebody's speech."""
    return [(a, b) for a, b in spans(text) if len(text[a:b].split(None, MIN_WORDS)) >= MIN_WORDS]
